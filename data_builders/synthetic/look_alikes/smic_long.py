"""The long clips of SMIC's look-alike: neutral frames about each clip, and the workbooks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import openpyxl

from data_builders.smic.layout import ClipName
from data_builders.synthetic.look_alikes.film import write_image
from data_builders.synthetic.writing import Quirks

# Of each part: its frames, and the workbook that bounds the micro-expressions in them.
LONG_PARTS = {
    "long": ("SMIC-E_raw image/HS_long/SMIC-HS-E", "SMIC-HS-E_annotation_2019.xlsx"),
    "vis_long": ("SMIC-E_raw image/VIS_long/SMIC-VIS-E", "SMIC-VIS-E_annotation.xlsx"),
    "nir_long": ("SMIC-E_raw image/NIR_long/SMIC-NIR-E", "SMIC-NIR-E_annotation.xlsx"),
}
LONG_HEADER = (
    *("Subject", "Filename", None, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F"),
    *("Offset3F", None, "FirstF", "LastF", "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL"),
    "Emotion",
)
# Clips that HS-E has no folder for: three are lost, the others are a second or a third
# micro-expression of a long clip. s13_po_10 and s20_ne_14 are chosen here.
LOST = ("s3_ne_20", "s13_po_10", "s20_ne_14")
SHARED = {"s3_ne_03": "s3_ne_02", "s4_ne_05": "s4_ne_04", "s4_ne_06": "s4_ne_04"}
SHARED |= {"s9_sur_02": "s9_sur_01"}
NEUTRAL = 3  # frames before, between and after the micro-expressions of a long clip


def recordings(names: Sequence[ClipName]) -> list[tuple[ClipName, ...]]:
    """The clips in the groups that share a long clip of HS-E."""
    shown = {str(name) for name in names}
    groups: dict[str, list[ClipName]] = {}
    for name in names:
        first = SHARED.get(str(name), str(name))
        groups.setdefault(first if first in shown else str(name), []).append(name)
    return [tuple(group) for group in groups.values()]


def write_long_clip(root: Path, held: Mapping[ClipName, Mapping[int, np.ndarray]]) -> list:
    """Writes micro-expressions with neutral frames about each; returns the workbook's row.

    held: the name and the numbered frames of each; the first one's number begins the long clip.
    """
    name, numbered = next(iter(held.items()))
    start = next(iter(numbered))
    images: list[np.ndarray] = []
    spans = []
    for frames in held.values():
        shown = list(frames.values())
        images += [shown[0]] * NEUTRAL
        spans.append((start + len(images), start + len(images) + len(shown) - 1))
        images += [*shown, *[shown[-1]] * NEUTRAL]
    folder = root / f"s{name.subject:02d}" / str(name)
    folder.mkdir(parents=True)
    for number, image in enumerate(images, start=start):
        write_image(folder / f"image{number:06d}.jpg", image)
    blank = [None] * (3 - len(spans))
    totals = [*(last - first + 1 for first, last in spans), *blank]
    bounds = [*(number for span in spans for number in span), *blank, *blank]
    cells = [name.subject, str(name), None, *bounds, None, start, start + len(images) - 1]
    return [*cells, *totals, len(images), name.emotion]


def write_long_workbook(file: Path, rows: Sequence[list], quirks: Quirks) -> None:
    """Writes the workbook, whose rows are quirky in turn."""
    book = openpyxl.Workbook()
    book.active.append(LONG_HEADER)
    for index, row in enumerate(rows):
        book.active.append(_quirky(list(row), index, quirks, file.name))
    if quirks.plant("notes below the table", file.name):
        book.active.append([None])
        book.active.append(["Frames are counted from the start of a recording."])
        book.active.append([None, "Three clips have no long clip."])
    book.save(file)


def _quirky(row: list, index: int, quirks: Quirks, file: str) -> list:
    """The row with the quirk, if any, of its place in the sheet."""
    where = f"{file}: {row[1]}"
    match index:
        case 1 if quirks.plant("FirstF in words", where):
            row[10] = "see the first image"
        case 2 if quirks.plant("spaces about the name, a capital emotion", where):
            row[1], row[16] = f" {row[1]} ", f"{row[16].title()} "
        case 3 if quirks.plant("numbers as text", where):
            row[0], row[3], row[4] = f"{row[0]:02d}", str(row[3]), f" {row[4]} "
        case 4 if row[6] is None and quirks.plant("offset beyond the last frame", where):
            row[4] += 500
    return row
