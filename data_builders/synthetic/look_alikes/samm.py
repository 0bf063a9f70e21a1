"""A look-alike of SAMM: its folders, workbook, counts and quirks, with generated clips.

Written at true scale unless asked otherwise: 159 clips of 29 subjects, whose classes add up to the
published counts. Clip names, frame numbers and the emotions within a class are made up.
"""

import collections
import dataclasses
import functools
import random
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from data_builders.samm.annotation import WORKBOOKS
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.look_alikes.samm_clip import plan
from data_builders.synthetic.writing import (
    Quirks,
    Take,
    check,
    in_turn,
    takes,
    write_clips,
    write_marker,
)

HEADER = ["Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame"]
HEADER += ["Duration", "Micro", "Action Units", "Estimated Emotion", "Objective Classes", "Notes"]
HEADER_ROW = 14

# Per subject negative, positive and surprise as MEGC 2019 published them, then other.
COUNTS: dict[str, tuple[int, int, int, int]] = {
    **{"006": (9, 0, 2, 1), "007": (1, 5, 2, 1), "009": (3, 0, 1, 1), "010": (4, 0, 0, 1)},
    **{"011": (13, 7, 0, 1), "012": (2, 0, 1, 1), "013": (6, 0, 0, 1), "014": (2, 7, 1, 1)},
    **{"015": (2, 0, 1, 1), "016": (2, 1, 2, 1), "017": (3, 0, 1, 1), "018": (2, 0, 1, 1)},
    **{"019": (0, 1, 0, 1), "020": (2, 2, 0, 1), "021": (2, 0, 0, 1), "022": (3, 2, 0, 1)},
    **{"023": (1, 0, 0, 1), "024": (1, 0, 0, 0), "025": (0, 0, 0, 3), "026": (9, 0, 0, 1)},
    **{"028": (1, 0, 2, 1), "030": (3, 0, 0, 1), "031": (1, 0, 0, 1), "032": (4, 0, 0, 1)},
    **{"033": (4, 1, 0, 1), "034": (3, 0, 0, 0), "035": (7, 0, 1, 0), "036": (1, 0, 0, 0)},
    **{"037": (1, 0, 0, 0)},
}
NEGATIVE = {"anger": 57, "contempt": 12, "disgust": 9, "fear": 8, "sadness": 6}


@dataclasses.dataclass(frozen=True)
class Layout:
    """In which of the forms that are in use a look-alike is written.

    Attributes:
      folder: holds the subjects' folders, "" for the root itself.
      workbook: its file name.
      header_row: of the sheet, counted from 1; above it stand notes.
      numeric: the subjects are numbers, 6 and not '006'.
    """

    folder: str = "SAMM"
    workbook: str = WORKBOOKS[0]
    header_row: int = HEADER_ROW
    numeric: bool = False


def write_tree(
    root: Path,
    *,
    subjects: Sequence[str] = tuple(COUNTS),
    clips: int | None = None,
    frames: tuple[int, int] = (10, 16),
    faces: bool = True,
    seed: int = 0,
    layout: Layout | None = None,
    image_size: int | None = None,
    quirks: bool = True,
    workers: int = 1,
) -> Path:
    """Writes the look-alike; returns `root`.

    Args:
      root: a folder that does not exist yet, or is empty.
      subjects: of `COUNTS`.
      clips: the most of each subject, None for all; its first ones are of different classes.
      frames, faces, seed, image_size: see `film.Style`.
      layout: None for that of the distributed archive.
      quirks: False for none.
      workers: processes.
    """
    layout, style = layout or Layout(), Style(frames, faces, seed, image_size)
    check(root, subjects, tuple(COUNTS), clips, frames)
    planted = Quirks(wanted=quirks)
    rows = write_clips(
        functools.partial(_write_clip, root / layout.folder, style),
        takes(emotions_of_subjects(), subjects, clips),
        planted,
        workers=workers,
    )
    _write_strays(root / layout.folder / subjects[0], planted)
    _write_workbook(root / layout.workbook, rows, layout)
    write_marker(root, "samm", style, planted, (len(subjects), len(rows)))
    return root


def _write_clip(root: Path, style: Style, take: Take, quirks: Quirks) -> list:
    clip = plan(take, style, quirks)
    clip.write(root / take.subject / clip.name, quirks)
    return clip.row(quirks)


def emotions_of_subjects() -> dict[str, list[str]]:
    """Each subject's emotions, the same every time.

    All but 024 have a clip of the five-class set, and 024's only clip is of another emotion: so
    either set is of 28 subjects.
    """
    first = {s: "anger" for s, (negative, *_) in COUNTS.items() if negative} | {"024": "sadness"}
    left = collections.Counter(NEGATIVE)
    left.subtract(first.values())
    pool = list(left.elements())
    random.Random(0).shuffle(pool)
    emotions = {}
    for subject, (negative, positive, surprise, other) in COUNTS.items():
        shown = [first[subject], *(pool.pop() for _ in range(negative - 1))] if negative else []
        classes = [shown, ["happiness"] * positive, ["surprise"] * surprise, ["other"] * other]
        emotions[subject] = in_turn(classes)
    assert not pool
    return emotions


def _write_strays(subject: Path, quirks: Quirks) -> None:
    """What lies between the clips of those who have looked at them, and a clip without a row."""
    first = min(folder for folder in subject.iterdir() if folder.is_dir())
    strays = {
        subject / "Thumbs.db": b"\xd0\xcf",
        first / "Thumbs.db": b"\xd0\xcf",
        first / ".DS_Store": b"\x00",
    }
    for file, data in strays.items():
        if quirks.plant("file that is no frame", str(file.relative_to(subject.parent))):
            file.write_bytes(data)
    stray = f"{subject.name}_7_9"
    if quirks.plant("folder without a row", f"{subject.name}/{stray}"):
        (subject / stray).mkdir()


def _write_workbook(file: Path, rows: list[list], layout: Layout) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for number in range(1, layout.header_row):
        sheet.cell(number, 1, "Subject: who is filmed" if number == 3 else f"note {number}")
    for number, row in enumerate([HEADER, *rows], start=layout.header_row):
        if layout.numeric and number > layout.header_row:
            row[0] = int(row[0])
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    book.save(file)
