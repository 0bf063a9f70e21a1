"""The held-out videos of a run, as its dense tasks are tested on them: pairs and their targets."""

import dataclasses
from pathlib import Path
from urllib.parse import quote

import numpy as np
from ml_collections import ConfigDict

from mol_jax.data import generated, load
from mol_jax.data.clips import ClipName, Dataset
from mol_jax.data.identity import refuse_other_data
from mol_jax.errors import UserError
from mol_jax.reporting.finished_run import Run
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE

Key = tuple[str, str, str]  # dataset, subject, clip


@dataclasses.dataclass(frozen=True, eq=False)
class Video:
    """One video: t frames of its even sample, t−1 pairs. Pixels are those of the centre crop.

    numbers: [t], the frames' numbers in the recording. frames: uint8 [t, S, S], aligned, of which
    the crop begins in column and row `corner`. flow: float16 [t-1, H, W, 2], the target (u, v) px
    of each pair. landmarks: float32 [t-1, 68, 2], the target (x, y) px of frames 1…t−1.
    """

    name: ClipName
    numbers: np.ndarray
    frames: np.ndarray
    corner: int
    flow: np.ndarray
    landmarks: np.ndarray

    @property
    def key(self) -> Key:
        """Returns dataset, subject and clip."""
        return self.name.dataset, self.name.subject, self.name.clip

    @property
    def crops(self) -> np.ndarray:
        """Returns what the network sees, uint8 [t, H, W]."""
        end = self.corner + self.flow.shape[1]
        return self.frames[:, self.corner : end, self.corner : end]


def video(dataset: Dataset, row: int, crop: int) -> Video:
    """Returns a row of the table as a video with a centre crop of `crop` px."""
    table = dataset.table
    at = row * table.samples
    corner = (table.frames.shape[-1] - crop) // 2
    inside = slice(corner, corner + crop)
    return Video(
        name=dataset.names[row],
        numbers=dataset.frame_numbers[row],
        frames=table.frames[at],
        corner=corner,
        flow=table.flow[at][:, inside, inside],
        landmarks=table.landmarks[at][1:] - np.float32(corner),
    )


def of_run(run: Run, folder: Path, data_dir: Path | None = None) -> list[Video]:
    """Returns the held-out videos of a run's first trial, in the order of the dataset.

    run, folder: `read_run(folder)`. data_dir: where the dataset is built, if not where the run's
    config says.

    Raises UserError where the dataset is not built, is another than the run was trained on, where
    the run shows a video by several samples, where it has scored none, or where its network reads
    no frames, flow or landmarks.
    """
    config = ConfigDict(run.settings)
    if config.predict.phases == "all":
        raise UserError(
            f"{folder} has predict.phases=all: its errors are means over several samples of a "
            "video, which have no one set of pairs; take a run with predict.phases=even."
        )
    if not run.dense:
        raise UserError(
            f"{folder} has no video that was scored (dense.csv is empty); train it first."
        )
    unread = {*READABLE} - {*find(config.model.network).reads(config)}
    if unread:
        raise UserError(
            f"{folder} is of model.network={config.model.network}, which reads no "
            f"{' and no '.join(sorted(unread))} of a clip; take a run of a network that does."
        )
    dataset = dataset_of(run, folder, data_dir)
    tested = {(row.dataset, row.subject, row.clip) for row in run.dense}
    rows = [
        row
        for row, name in enumerate(dataset.names)
        if (name.dataset, name.subject, name.clip) in tested
    ]
    return [video(dataset, row, config.data.crop) for row in rows]


def dataset_of(run: Run, folder: Path, data_dir: Path | None = None) -> Dataset:
    """Returns what a run was trained and tested on, with what its network reads of a clip.

    Raises UserError where it is not built, or another than the run's.
    """
    config = ConfigDict(run.settings)
    with config.unlocked():
        config.data.check_csv = ""  # it was checked when the run was trained
    dataset = load.load(config, data_dir or generated.place(config))
    refuse_other_data(folder, run.dataset, dataset.fingerprint)
    return dataset


def place(key: Key) -> Path:
    """Returns the folder of a video below another: DATASET/SUBJECT/CLIP, each one plain name.

    Names come from a dataset's folders; signs that a file name cannot hold are written as %2F.
    """
    return Path(*(quote(part, safe=" ").replace(".", "%2E") for part in key))
