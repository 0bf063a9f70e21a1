"""What the replicas of a study predict, as the rows of its tables."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import jax

from mol_jax.data.clips import Dataset, Leaf
from mol_jax.networks.network import Predicted
from mol_jax.scoring.clip_level import Votes
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.measure import Measure, counts
from mol_jax.scoring.predictions import Prediction
from mol_jax.training.replicas import Replica


@dataclasses.dataclass
class Results:
    """The rows of a study.

    measures: of its networks, which have a row of `dense` for each video; none without them.
    votes: of the predictions, where these are means over a video's phases; else empty.
    failed, missing: the replicas that have none, as they diverged or are not trained yet, each as
    {"fold", "trial", "seed"}.
    """

    measures: Sequence[Measure] = ()
    predictions: list[Prediction] = dataclasses.field(default_factory=list)
    dense: list[DenseRow] = dataclasses.field(default_factory=list)
    votes: list[Votes] = dataclasses.field(default_factory=list)
    failed: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    missing: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def add(self, dataset: Dataset, replica: Replica, found: tuple[Predicted, bool] | None):
        """Takes what `Checkpoints.finished` returned for a replica."""
        if found is None:
            self.missing.append(_name(replica))
            return
        predicted, finite = found
        if not finite:
            self.failed.append(_name(replica))
            return
        for index, row in enumerate(replica.fold.test):
            video = jax.tree.map(lambda leaf, i=index: leaf[i], predicted)
            key = _key(dataset, int(row), replica)
            if video.probabilities is not None:
                found_row = prediction(dataset, int(row), replica, video.probabilities)
                self.predictions.append(found_row)
                if video.votes is not None:
                    self.votes.append(Votes(found_row, tuple(map(int, video.votes))))
            if self.measures:
                frames = dataset.frame_numbers.shape[1]
                self.dense.append(_dense_row(frames, key, video, self.measures))


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


def _dense_row(
    frames: int, key: dict[str, Any], video: Predicted, measures: Sequence[Measure]
) -> DenseRow:
    """Returns a video's row: its measures, and over how many pairs or frames each of them is."""
    samples = 1 if video.samples is None else int(video.samples)
    values: dict[str, float | None] = {}
    for measure in measures:
        if measure.name in video.measures:
            value = video.measures[measure.name]
            values[measure.over] = counts(frames)[measure.over]
            values[measure.name] = int(value) / samples if measure.share else float(value)
    return DenseRow(**key, values=values)
