"""What the replicas of a study predict, as the rows of its tables."""

import dataclasses
from typing import Any

import jax

from mol_jax.clip_level import Votes
from mol_jax.data import Dataset, Leaf
from mol_jax.networks.mol.measures import VideoErrors
from mol_jax.replicas import Replica
from mol_jax.rows import DenseRow, Prediction


@dataclasses.dataclass
class Results:
    """The rows of a study.

    votes: of the predictions, where these are means over a video's phases; else empty.
    failed, missing: the replicas that have none, as they diverged or are not trained yet, each as
    {"fold", "trial", "seed"}.
    """

    predictions: list[Prediction] = dataclasses.field(default_factory=list)
    dense: list[DenseRow] = dataclasses.field(default_factory=list)
    votes: list[Votes] = dataclasses.field(default_factory=list)
    failed: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    missing: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def add(self, dataset: Dataset, replica: Replica, found: tuple[VideoErrors, bool] | None):
        """Takes what `Checkpoints.finished` returned for a replica."""
        if found is None:
            self.missing.append(_name(replica))
            return
        errors, finite = found
        if not finite:
            self.failed.append(_name(replica))
            return
        for index, row in enumerate(replica.fold.test):
            video = jax.tree.map(lambda leaf, i=index: leaf[i], errors)
            key = _key(dataset, int(row), replica)
            if video.probabilities is not None:
                found_row = prediction(dataset, int(row), replica, video.probabilities)
                self.predictions.append(found_row)
                if video.votes is not None:
                    self.votes.append(Votes(found_row, tuple(map(int, video.votes))))
            self.dense.append(_dense_row(dataset.table.frames.shape[1], key, video))


def _name(replica: Replica) -> dict[str, Any]:
    trial, seed, name = replica.key
    return {"fold": name, "trial": trial, "seed": seed}


def _key(dataset: Dataset, row: int, replica: Replica) -> dict[str, Any]:
    name = dataset.names[row]
    video = {"dataset": name.dataset, "subject": name.subject, "clip": name.clip}
    return video | _name(replica) | {"generated": name.generated}


def prediction(dataset: Dataset, row: int, replica: Replica, probabilities: Leaf) -> Prediction:
    """Returns what a replica predicts for a row of the table."""
    probabilities = tuple(float(p) for p in probabilities)
    return Prediction(
        **_key(dataset, row, replica),
        true=dataset.classes[int(dataset.table.label[row])],
        pred=dataset.classes[probabilities.index(max(probabilities))],
        probs=probabilities,
    )


def _dense_row(frames: int, key: dict[str, Any], video: VideoErrors) -> DenseRow:
    flow, landmarks = video.epe is not None, video.nme is not None
    samples = 1 if video.samples is None else int(video.samples)
    return DenseRow(
        **key,
        pairs=frames - 1 if flow else None,
        epe=float(video.epe) if flow else None,
        epe_zero=float(video.epe_zero) if flow else None,
        frames=frames - 1 if landmarks else None,
        nme=float(video.nme) if landmarks else None,
        failures=int(video.failures) / samples if landmarks else None,
        nme_mean_face=float(video.nme_mean_face) if landmarks else None,
    )
