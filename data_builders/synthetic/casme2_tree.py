"""A look-alike of CASME II: its trees, workbook, counts and quirks, with generated clips.

Written at true scale unless asked otherwise: 255 clips of 26 subjects, of whom each has the
published number of clips in the sets of 145, 147, 156 and 246. Clip names, frame numbers and the
emotions within negative are made up.
"""

import dataclasses
import itertools
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from data_builders.casme2.annotation import WORKBOOKS
from data_builders.common.annotation import GENERATED_MARKER
from data_builders.synthetic.casme2 import HEADER, clip_name
from data_builders.synthetic.casme2_clip import CasmeClip
from data_builders.synthetic.clip import draw_clip
from data_builders.synthetic.face import Face, draw_face
from data_builders.synthetic.identity import draw
from mol_jax.errors import UserError

# Clips of each subject: negative, positive and surprise as MEGC 2019 published them, and the two
# without an apex after the onset; others, to make up the five classes; sadness and fear.
COUNTS: dict[str, tuple[int, int, int, int, int]] = {
    **{"sub01": (2, 1, 0, 6, 0), "sub02": (5, 1, 3, 4, 0), "sub03": (4, 0, 1, 2, 0)},
    **{"sub04": (3, 0, 0, 2, 0), "sub05": (1, 1, 5, 12, 0), "sub06": (1, 1, 2, 1, 0)},
    **{"sub07": (5, 0, 0, 4, 0), "sub08": (1, 0, 0, 2, 0), "sub09": (5, 5, 0, 3, 1)},
    **{"sub10": (0, 0, 0, 13, 1), "sub11": (4, 0, 0, 6, 0), "sub12": (5, 2, 4, 1, 0)},
    **{"sub13": (0, 2, 0, 6, 0), "sub14": (0, 3, 0, 1, 0), "sub15": (1, 1, 1, 0, 0)},
    **{"sub16": (1, 2, 0, 1, 0), "sub17": (23, 7, 1, 3, 2), "sub18": (0, 0, 0, 3, 0)},
    **{"sub19": (3, 3, 5, 4, 1), "sub20": (2, 0, 0, 9, 0), "sub21": (1, 0, 0, 1, 0)},
    **{"sub22": (2, 0, 0, 0, 0), "sub23": (7, 1, 0, 4, 0), "sub24": (2, 0, 1, 4, 3)},
    **{"sub25": (3, 0, 2, 2, 0), "sub26": (9, 2, 0, 5, 1)},
}
NEGATIVE = {"disgust": 63, "repression": 27}
LEFT_OUT = {"sadness": 7, "fear": 2}
SELECTED, RAW = "CASME2_RAW_selected/CASME2_RAW_selected", "CASME2_RAW/CASME2-RAW"
CROPPED = "Cropped"
IRREGULAR = {"sub03": ("EP01_2",), "sub07": ("EP06_02_01", "EP06_02_02"), "sub09": ("EP09f",)}
NO_ROW = ("sub09", "sub24")


@dataclasses.dataclass(frozen=True)
class Layout:
    """In which of the forms that are in use a look-alike is written.

    Attributes:
      trees: folders of the subjects' folders, as `SELECTED`, `RAW` and `CROPPED`; one whose name
        says raw and not selected holds frames around the clips, one that says crop faces only.
      workbook: its file name.
      numeric: the subjects are numbers, 1 and not '01'.
    """

    trees: tuple[str, ...] = (SELECTED, CROPPED)
    workbook: str = WORKBOOKS[0]
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
      clips: the most of each subject, None for all; its first ones are of different classes.
      frames: range of a clip's length.
      faces: False writes tiny blank images, which takes seconds at true scale.
      seed: of faces, motions and frame numbers.
      layout: None for the selected frames and the cropped faces.
    """
    layout = layout or Layout()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UserError(f"{root} is not an empty folder; choose one that does not exist yet.")
    _check(subjects, clips, frames)
    emotions = emotions_of_subjects()
    rows: list[list] = []
    for subject in subjects:
        face = draw_face(draw(seed * 1000 + int(subject[3:]))) if faces else None
        for number, emotion in enumerate(emotions[subject][:clips]):
            clip = _plan(
                subject, number, emotion, index=len(rows), face=face, frames=frames, seed=seed
            )
            images = list(clip.images(face))
            for tree in layout.trees:
                clip.write(root, tree, images)
            rows.append(clip.row(numeric=layout.numeric))
    for tree in layout.trees:
        _write_strays(root / tree, subjects)
    _write_workbook(root / layout.workbook, rows)
    _write_beside(root)
    marker: dict[str, Any] = {"generator": "data_builders.synthetic", "version": 1}
    marker |= {"layout": "casme2", "subjects": len(subjects), "clips": len(rows), "seed": seed}
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
    """Each subject's emotions, the same every time, its classes in turn."""
    pools = [_shuffled(counts) for counts in (NEGATIVE, LEFT_OUT)]
    emotions = {}
    for subject, (negative, positive, surprise, others, left_out) in COUNTS.items():
        shown = [
            [pools[0].pop() for _ in range(negative)],
            ["happiness"] * positive,
            ["surprise"] * surprise,
            ["others"] * others,
            [pools[1].pop() for _ in range(left_out)],
        ]
        emotions[subject] = [e for turn in itertools.zip_longest(*shown) for e in turn if e]
    assert not any(pools)
    return emotions


def _shuffled(counts: dict[str, int]) -> list[str]:
    pool = [emotion for emotion, count in counts.items() for _ in range(count)]
    random.Random(0).shuffle(pool)
    return pool


def _plan(
    subject: str,
    number: int,
    emotion: str,
    *,
    index: int,
    face: Face | None,
    frames: tuple[int, int],
    seed: int,
) -> CasmeClip:
    """The subject's clip of that number, counted from 0."""
    key = (seed, int(subject[3:]), number)
    irregular = IRREGULAR.get(subject, ())
    name = irregular[number] if number < len(irregular) else clip_name(number)
    rng = np.random.default_rng(key)
    # From 98 on, the frames sorted as text would come out of order.
    onset = 98 if index == 4 else int(rng.integers(20, 200))
    count = int(rng.integers(frames[0], frames[1] + 1))
    drawn = None
    if face:
        drawn = draw_clip(
            face,
            name=name,
            emotion=emotion,
            amplitude=(1.0, 4.0),
            frames=(count, count),
            seed=key,
        )
    apex = onset + (drawn.apex if drawn else count // 2)
    return CasmeClip(
        subject, name, emotion, index, number == 0, onset, apex, onset + count - 1, drawn
    )


def _write_strays(tree: Path, subjects: Sequence[str]) -> None:
    """What lies among the clips and is none: folders without a row, a shortcut, system files."""
    first = tree / subjects[0]
    (first / "Desktop - Shortcut.lnk").write_bytes(b"L\x00\x00\x00")
    clip = min(folder for folder in first.iterdir() if folder.is_dir())
    (clip / "Thumbs.db").write_bytes(b"\xd0\xcf")
    (clip / ".DS_Store").write_bytes(b"\x00")
    image = next(file for file in clip.iterdir() if file.suffix == ".jpg")
    for subject in NO_ROW:
        if subject in subjects:
            folder = tree / subject / "EP19_09"
            folder.mkdir()
            (folder / image.name).write_bytes(image.read_bytes())


def _write_workbook(file: Path, rows: list[list]) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for row in (HEADER, *rows):
        book.active.append(row)
    book.save(file)


def _write_beside(root: Path) -> None:
    """What else the archive holds: the workbook of objective classes, and texts."""
    book = openpyxl.Workbook()
    book.active.append(["Subject", "Filename", "Objective Class"])
    book.save(root / "CASME2-ObjectiveClasses.xlsx")
    (root / "note.txt").write_text("generated\n")
    (root / "readme.pdf").write_bytes(b"%PDF-1.4\n")
