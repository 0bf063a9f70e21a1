"""What all writers of look-alikes share: the loop over the clips, the quirks, the marker."""

import collections
import dataclasses
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.disk.processes import pool
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.whole import refuse_filled
from mol_jax.errors import UserError

Job = TypeVar("Job")
Result = TypeVar("Result")


BATCH = 8  # clips that a process writes before it asks for more, or is stopped


class Quirks:
    """The quirks of a look-alike: whether they are wanted, and where each was planted.

    Attributes:
      wanted: False for a tree without them.
      planted: places of each, by its name.
    """

    def __init__(self, *, wanted: bool = True):
        self.wanted = wanted
        self.planted: dict[str, list[str]] = {}

    def plant(self, name: str, where: str, *, always: bool = False) -> bool:
        """Notes a quirk and returns True, or returns False where none are wanted.

        always: it is planted all the same, because published counts rest on it.
        """
        if not (self.wanted or always):
            return False
        self.planted.setdefault(name, []).append(where)
        return True

    def add(self, planted: dict[str, list[str]]) -> None:
        """Takes over what another process has planted."""
        for name, places in planted.items():
            self.planted.setdefault(name, []).extend(places)


@dataclasses.dataclass(frozen=True)
class Take:
    """One clip to be written: the subject's `number`th and the `index`th of all, from 0."""

    subject: str
    number: int
    index: int
    emotion: str


def in_turn(classes: Sequence[Sequence[str]]) -> list[str]:
    """The emotions of all classes, so that the first few are of different ones."""
    return [e for turn in itertools.zip_longest(*classes) for e in turn if e]


def takes(
    emotions: dict[str, list[str]], subjects: Sequence[str], clips: int | None
) -> list[list[Take]]:
    """Each subject's clips; `clips` is the most of each, None for all."""
    index = itertools.count()
    return [
        [Take(s, number, next(index), e) for number, e in enumerate(emotions[s][:clips])]
        for s in subjects
    ]


def write_clips(
    write: Callable[[Job, Quirks], Result],
    subjects: Sequence[Sequence[Job]],
    quirks: Quirks,
    *,
    workers: int = 1,
) -> list[Result]:
    """Writes every clip of every subject; returns what `write` returned, in that order.

    write: writes one clip and returns its row; a function of a module, or a partial of one, so
    that it can be sent to other processes. subjects: the clips of each, as `write` takes them.
    """
    jobs = [
        (write, clips[start : start + BATCH], quirks.wanted)
        for clips in subjects
        for start in range(0, len(clips), BATCH)
    ]
    rows: list[Result] = []
    for written, planted in in_order(_write_batch, jobs, workers=workers):
        rows += written
        quirks.add(planted)
    return rows


def _write_batch(job: tuple) -> tuple[list, dict[str, list[str]]]:
    write, clips, wanted = job
    quirks = Quirks(wanted=wanted)
    return [write(clip, quirks) for clip in clips], quirks.planted


def in_order(draw: Callable[[Job], Result], jobs: Sequence[Job], *, workers: int) -> list[Result]:
    """Draws every job, in processes if `workers` allow; returns the results in the jobs' order."""
    workers = min(workers, len(jobs))
    if workers == 1:
        return list(_watched(map(draw, jobs), len(jobs)))
    with pool(workers) as processes:
        return list(_watched(processes.map(draw, jobs), len(jobs)))


def _watched(drawn: Iterable[Result], total: int) -> Iterator[Result]:
    """The same under a progress bar with the time left, on a terminal only."""
    console = Console(stderr=True)
    yield from track(
        drawn, "drawing clips", total=total, console=console, disable=not console.is_terminal
    )


def check(
    root: Path, subjects: Sequence, known: Sequence, clips: int | None, frames: tuple[int, int]
) -> None:
    """Raises UserError for arguments of a writer that are out of range."""
    refuse_filled(root)
    repeated = [s for s, count in collections.Counter(subjects).items() if count > 1]
    if not subjects or repeated or not set(subjects) <= set(known):
        raise UserError(
            f"subjects are {', '.join(map(str, subjects)) or 'none'}; expected one or more of "
            f"{', '.join(map(str, known))}, each once."
        )
    if clips is not None and clips < 1:
        raise UserError(f"clips is {clips}; it must be 1 or more.")
    if not 3 <= frames[0] <= frames[1] <= 200:
        raise UserError(f"frames is {frames}; need 3 <= shortest <= longest <= 200.")


def write_marker(
    root: Path, layout: str, style: Style, quirks: Quirks, counts: tuple[int, int], **more: Any
) -> None:
    """Writes the file by which a tree says that it is generated, and what is odd about it.

    counts: of subjects and of clips.
    """
    marker: dict[str, Any] = {"generator": "data_builders.synthetic", "version": 2}
    marker |= {"layout": layout, "subjects": counts[0], "clips": counts[1], **more}
    marker |= dataclasses.asdict(style) | {"quirks": quirks.planted}
    (root / GENERATED_MARKER).write_text(json.dumps(marker, indent=2) + "\n")
