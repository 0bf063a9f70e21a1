"""Recordings with known intervals: their windows, what the models make of each, what is true."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console

from data_builders.pixels.faces import Detector
from mol_jax.errors import UserError
from mol_jax.predicting import features
from mol_jax.predicting.models.model import Model
from mol_jax.predicting.reading.following import Followed, faces_of
from mol_jax.predicting.reading.recording import Frames, open_recording
from mol_jax.scoring.spotting.table import FRAMES, Stretch, read
from mol_jax.spotting import recordings
from mol_jax.spotting.recordings import Recording
from mol_jax.spotting.study import MICRO, check_truth

DURATION, STRIDE = 0.4, 0.1  # s: as long as many micro-expressions, and a quarter of that


class Set(NamedTuple):
    """A folder of recordings. true: the micro-expressions of all of them, in frames.

    Subjects are called by the folder and their name, or the recording's where nobody says.
    """

    folder: Path
    recordings: tuple[Recording, ...]
    true: tuple[Stretch, ...]


@dataclasses.dataclass(frozen=True)
class Opened:
    """A recording with its most prominent face. numbers: int [N], what its frames are called."""

    recording: Recording
    frames: Frames
    followed: tuple[Followed, ...]
    numbers: np.ndarray

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return recordings.lasting(self.frames.recording.times)


class Taught(NamedTuple):
    """The windows of many recordings. values: [W, f]; true: bool [W]; people: [W]."""

    values: np.ndarray
    true: np.ndarray
    people: np.ndarray


def find(folder: Path, rate: float | None, most: int | None) -> Set:
    """Returns the first `most` recordings of a folder, all where None, and what is true of them.

    Raises UserError where there is none, or no intervals.csv.
    """
    every = recordings.find(folder, rate)
    table = folder / recordings.INTERVALS
    if not table.is_file():
        raise UserError(
            f"{folder} has no {recordings.INTERVALS}, which says when there is an expression: make "
            "a set by python -m data_builders.synthetic.long, or write the table (video, onset, "
            "offset in frames)"
        )
    true = read(table, "true", unit=FRAMES)
    check_truth(true, every)
    # Two sets may call their people, and their videos, the same.
    kept = [
        dataclasses.replace(one, subject=f"{folder}/{one.subject or one.name}")
        for one in every[:most]
    ]
    who = {one.name: one.subject for one in kept}
    micro = (
        dataclasses.replace(one, subject=who[one.video])
        for one in true
        if one.video in who and one.kind in ("", MICRO)
    )
    return Set(folder, tuple(kept), tuple(micro))


def opened(of: Set, detector: Detector, console: Console) -> Iterator[Opened]:
    """Yields the recordings of a set that can be read and have a face; of others it is told."""
    for one in of.recordings:
        try:
            frames = open_recording(one.source, fps=one.rate)
            followed = faces_of(frames, frames.grey(), detector, console, every=False)
            if not followed:
                raise UserError("no face is in any of its frames")
        except UserError as error:
            console.print(f"{one.name} is left out: {error}", markup=False, highlight=False)
            continue
        counted = np.arange(1, len(frames) + 1) if one.source.is_file() else frames.numbers
        yield Opened(one, frames, followed, counted)


def taught(model: Model, of: Set, detector: Detector, console: Console) -> Taught:
    """Returns the windows of a set's recordings.

    Raises UserError where there is none, or none in a micro-expression.
    """
    values, true, people = [], [], []
    for one in opened(of, detector, console):
        shown = features.of_windows(model, one.frames, one.followed, DURATION, STRIDE)
        if not shown.stretches:
            continue
        values.append(shown.values)
        true.append(within(shown, one, of.true))
        people += [one.recording.subject] * len(shown.stretches)
        told = f"{one.recording.name}: {true[-1].sum()} of {len(true[-1])} windows"
        console.print(told, markup=False, highlight=False)
    if not values:
        raise UserError(f"{of.folder}: no recording could be shown to the models")
    found = Taught(np.concatenate(values), np.concatenate(true), np.array(people))
    if not found.true.any():
        raise UserError(
            f"{of.folder}: no window of {len(people)} is in a micro-expression: expected "
            f"recordings with some in {recordings.INTERVALS}"
        )
    return found


def within(shown: features.Featured, one: Opened, true: Sequence[Stretch]) -> np.ndarray:
    """Tells of each window whether its middle lies in a micro-expression, bool [W]."""
    times = one.frames.recording.times
    bounds = [
        [int(np.searchsorted(one.numbers, end)) for end in (each.onset, each.offset)]
        for each in true
        if each.video == one.recording.name
    ]
    last = len(times) - 1
    spans = [(times[min(low, last)], times[min(high, last)]) for low, high in bounds]
    middles = [(times[w.first] + times[w.last]) / 2 for w in shown.stretches]
    return np.array([any(low <= at <= high for low, high in spans) for at in middles], bool)
