"""A look-alike of CASME II: its trees, workbook, counts and quirks, with generated clips.

Written at true scale unless asked otherwise: 255 clips of 26 subjects, of whom each has the
published number of clips in the sets of 145, 147, 156 and 246. Clip names, frame numbers and the
emotions within negative are made up.
"""

import dataclasses
import functools
import random
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from data_builders.casme2.annotation import WORKBOOKS
from data_builders.synthetic.look_alikes.casme2 import write_workbook
from data_builders.synthetic.look_alikes.casme2_clip import plan
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.writing import (
    Quirks,
    Take,
    check,
    in_turn,
    takes,
    write_clips,
    write_marker,
)

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
      layout: None for the selected frames and the cropped faces.
      quirks: False for none but the two apexes that the published counts rest on.
      workers: processes.
    """
    layout, style = layout or Layout(), Style(frames, faces, seed, image_size)
    check(root, subjects, tuple(COUNTS), clips, frames)
    planted = Quirks(wanted=quirks)
    rows = write_clips(
        functools.partial(_write_clip, root, layout, style),
        takes(emotions_of_subjects(), subjects, clips),
        planted,
        workers=workers,
    )
    for tree in layout.trees:
        _write_strays(root, tree, subjects, planted)
    write_workbook(root / layout.workbook, rows)
    _write_beside(root)
    write_marker(root, "casme2", style, planted, (len(subjects), len(rows)))
    return root


def _write_clip(root: Path, layout: Layout, style: Style, take: Take, quirks: Quirks) -> list:
    clip = plan(take, style, quirks)
    images = clip.scene.images()
    for tree in layout.trees:
        clip.write(root, tree, images, quirks)
    return clip.row(quirks, numeric=layout.numeric)


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
        emotions[subject] = in_turn(shown)
    assert not any(pools)
    return emotions


def _shuffled(counts: dict[str, int]) -> list[str]:
    pool = [emotion for emotion, count in counts.items() for _ in range(count)]
    random.Random(0).shuffle(pool)
    return pool


def _write_strays(root: Path, tree: str, subjects: Sequence[str], quirks: Quirks) -> None:
    """What lies among the clips and is none: folders without a row, a shortcut, system files."""
    first = root / tree / subjects[0]
    clip = min(folder for folder in first.iterdir() if folder.is_dir())
    image = next(file for file in clip.iterdir() if file.suffix == ".jpg")
    strays = {
        first / "Desktop - Shortcut.lnk": b"L\x00\x00\x00",
        clip / "Thumbs.db": b"\xd0\xcf",
        clip / ".DS_Store": b"\x00",
    }
    for file, data in strays.items():
        if quirks.plant("file that is no frame", str(file.relative_to(root))):
            file.write_bytes(data)
    for subject in (subject for subject in NO_ROW if subject in subjects):
        folder = root / tree / subject / "EP19_09"
        if quirks.plant("folder without a row", str(folder.relative_to(root))):
            folder.mkdir()
            (folder / image.name).write_bytes(image.read_bytes())


def _write_beside(root: Path) -> None:
    """What else the archive holds: the workbook of objective classes, and texts."""
    book = openpyxl.Workbook()
    book.active.append(["Subject", "Filename", "Objective Class"])
    book.save(root / "CASME2-ObjectiveClasses.xlsx")
    (root / "note.txt").write_text("generated\n")
    (root / "readme.pdf").write_bytes(b"%PDF-1.4\n")
