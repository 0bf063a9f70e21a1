"""A learned spotter on recordings that it was not taught, scored as every spotter is."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from data_builders.pixels.faces import Detector
from mol_jax.errors import UserError
from mol_jax.learned.watched import Opened, Set, opened
from mol_jax.predicting.learned import Learned
from mol_jax.predicting.learned_watch import LearnedWatch
from mol_jax.predicting.models.model import Model
from mol_jax.scoring.spotting.score import score, together
from mol_jax.scoring.spotting.table import FRAMES, Stretch
from mol_jax.spotting.study import MICRO

FEWEST = 2  # people, of whom intervals can be made


def spotted(
    model: Model, spotter: Learned, of: Set, detector: Detector, console: Console
) -> tuple[list[Opened], list[Stretch]]:
    """Returns the recordings that could be read, and what is spotted in them, in frames."""
    read, found = [], list[Stretch]()
    for one in opened(of, detector, console):
        watch = LearnedWatch(model, one.frames, one.followed, spotter)
        for each in watch.intervals[0]:
            onset, offset = (float(one.numbers[at]) for at in (each.onset, each.offset))
            name, subject = one.recording.name, one.recording.subject
            found.append(Stretch(name, onset, offset, subject, MICRO))
        read.append(one)
        told = f"{one.recording.name}: {len(watch.intervals[0])} spotted"
        console.print(told, markup=False, highlight=False)
    return read, found


def figures(
    read: Sequence[Opened], found: Sequence[Stretch], true: Sequence[Stretch]
) -> tuple[float, ...]:
    """Returns what `known.line` says: F1 where there are expressions, false alarms on neutral ones.

    Raises UserError where either are of fewer than two people: there would be no interval.
    """
    quiet = [one for one in read if one.recording.neutral]
    shown = [one for one in read if not one.recording.neutral]
    for of, what in ((shown, "recordings with expressions"), (quiet, "neutral recordings")):
        people = {one.recording.subject for one in of}
        if len(people) < FEWEST:
            raise UserError(
                f"--test has {what} of {len(people)} people: expected {FEWEST} at least of each "
                "kind (column neutral of videos.csv); --test may be given twice"
            )
    said, silent = (_scored(of, found, true) for of in (shown, quiet))
    if said["tp"] + said["fn"] == 0:
        raise UserError("--test: no recording has a micro-expression in its intervals.csv")
    minutes = sum(one.seconds for one in quiet) / 60
    alarms, f1 = silent["ci95"]["false_per_minute"], said["ci95"]["f1"]
    return (silent["fp"], minutes, *alarms, said["f1"], *f1, said["n_videos"])


def _scored(
    of: Sequence[Opened], found: Sequence[Stretch], true: Sequence[Stretch]
) -> dict[str, Any]:
    seconds = {(one.recording.subject, one.recording.name): one.seconds for one in of}
    own, mine = ([each for each in side if each.key in seconds] for side in (true, found))
    return score(together(own, mine, seconds, unit=FRAMES))
