"""A look-alike of SAMM: its folders, workbook, counts and quirks, with generated clips.

Written at true scale unless asked otherwise: 159 clips of 29 subjects, whose classes add up to the
published counts. Clip names, frame numbers and the emotions within a class are made up.
"""

import collections
import dataclasses
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openpyxl

from data_builders.common.annotation import GENERATED_MARKER
from data_builders.samm.annotation import WORKBOOKS
from data_builders.synthetic.clip import Clip, draw_clip, frame
from data_builders.synthetic.face import Face, draw_face
from data_builders.synthetic.identity import draw
from mol_jax.errors import UserError

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
# The motions that are drawn know neither anger nor contempt.
DRAWN_AS = {"anger": "disgust", "contempt": "repression", "other": "others"}


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
) -> Path:
    """Writes the look-alike; returns `root`.

    Args:
      root: a folder that does not exist yet, or is empty.
      subjects: of `COUNTS`.
      clips: the most of each subject, None for all.
      frames: range of a clip's length.
      faces: False writes tiny blank images, which takes seconds at true scale.
      seed: of faces, motions and frame numbers.
      layout: None for that of the distributed archive.
    """
    layout = layout or Layout()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UserError(f"{root} is not an empty folder; choose one that does not exist yet.")
    _check(subjects, clips, frames)
    emotions = emotions_of_subjects()
    rows: list[list] = []
    for subject in subjects:
        face = draw_face(draw(seed * 1000 + int(subject))) if faces else None
        for number, emotion in enumerate(emotions[subject][:clips]):
            clip = _plan(
                subject, number, emotion, index=len(rows), face=face, frames=frames, seed=seed
            )
            clip.write(root / layout.folder / subject / clip.name, face)
            rows.append(clip.row())
    _write_strays(root / layout.folder / subjects[0])
    _write_workbook(root / layout.workbook, rows, layout)
    marker: dict[str, Any] = {"generator": "data_builders.synthetic", "version": 1}
    marker |= {"layout": "samm", "subjects": len(subjects), "clips": len(rows), "seed": seed}
    (root / GENERATED_MARKER).write_text(json.dumps(marker | {"faces": faces}, indent=2) + "\n")
    return root


def _check(subjects: Sequence[str], clips: int | None, frames: tuple[int, int]) -> None:
    unknown = [subject for subject in subjects if subject not in COUNTS]
    if unknown or not subjects or len(set(subjects)) < len(subjects):
        raise UserError(
            f"subjects are {', '.join(subjects) or 'none'}; expected one or more of "
            f"{', '.join(COUNTS)}, each once."
        )
    if clips is not None and clips < 1:
        raise UserError(f"clips is {clips}; it must be 1 or more.")
    if not 3 <= frames[0] <= frames[1] <= 200:
        raise UserError(f"frames is {frames}; need 3 <= shortest <= longest <= 200.")


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
        shown += ["happiness"] * positive + ["surprise"] * surprise + ["other"] * other
        emotions[subject] = shown
    assert not pool
    return emotions


@dataclasses.dataclass(frozen=True)
class SammClip:
    """A clip and how it is written; `index` counts all clips and chooses the quirk of its row.

    `drawn` is None where the images are blank.
    """

    subject: str
    name: str
    emotion: str
    index: int
    onset: int
    apex: int
    offset: int
    drawn: Clip | None

    def row(self) -> list:
        """The workbook's row."""
        apex, offset = self.apex, self.offset
        emotion = "Others" if self.emotion == "other" and self.index % 2 else self.emotion.title()
        units = "R14A or 17A" if self.index % 9 == 7 else "A4B+R7A"
        match self.index:
            case 1:
                apex = offset + 9
            case 2:
                apex = self.onset - 4
            case 3:
                apex = -1
            case 4:
                apex = self.onset
            case 5:
                offset += 54
            case 6:
                emotion = f" {emotion} "
        stimulus, duration = int(self.name.split("_")[1]), offset - self.onset + 1
        cells = [self.subject, self.name, stimulus, self.onset, apex, offset, duration]
        return [*cells, "Micro - 1/2", units, emotion, self.index % 7 + 1, None]

    def write(self, folder: Path, face: Face | None) -> None:
        """Writes the frames, grey."""
        folder.mkdir(parents=True)
        blank: np.ndarray = np.full((8, 8), 90, np.uint8)
        for index, number in enumerate(range(self.onset, self.offset + 1)):
            image = blank
            if face and self.drawn:
                image = cv2.cvtColor(frame(face, self.drawn, index), cv2.COLOR_RGB2GRAY)
            encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
            (folder / self.file_name(number)).write_bytes(encoded.tobytes())

    def file_name(self, number: int) -> str:
        """A frame's file name: padded to five digits, not padded, or now this and now that."""
        width = (5, 1, 5 if number % 2 else 1)[self.index % 3]
        return f"{self.subject}_{number:0{width}d}.jpg"


def _plan(
    subject: str,
    number: int,
    emotion: str,
    *,
    index: int,
    face: Face | None,
    frames: tuple[int, int],
    seed: int,
) -> SammClip:
    """The subject's clip of that number, counted from 0."""
    name, key = f"{subject}_{number % 7 + 1}_{number // 7 + 1}", (seed, int(subject), number)
    rng = np.random.default_rng(key)
    # From 9998 on, the frames sorted as text would come out of order.
    onset = 9998 if index == 8 else int(rng.integers(1000, 9000))
    count = int(rng.integers(frames[0], frames[1] + 1))
    drawn = None
    if face:
        drawn = draw_clip(
            face,
            name=name,
            emotion=DRAWN_AS.get(emotion, emotion),
            amplitude=(1.0, 4.0),
            frames=(count, count),
            seed=key,
        )
    apex = onset + (drawn.apex if drawn else count // 2)
    return SammClip(subject, name, emotion, index, onset, apex, onset + count - 1, drawn)


def _write_strays(subject: Path) -> None:
    """What lies between the clips of those who have looked at them, and a clip without a row."""
    (subject / "Thumbs.db").write_bytes(b"\xd0\xcf")
    first = min(folder for folder in subject.iterdir() if folder.is_dir())
    (first / "Thumbs.db").write_bytes(b"\xd0\xcf")
    (first / ".DS_Store").write_bytes(b"\x00")
    (subject / f"{subject.name}_7_9").mkdir()


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
