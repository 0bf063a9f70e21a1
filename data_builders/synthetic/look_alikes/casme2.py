"""The folders and the coding workbook of CASME II, filled with generated clips."""

from pathlib import Path

import cv2
import openpyxl

from data_builders.casme2.annotation import FRAME_FOLDERS
from data_builders.synthetic import truth
from data_builders.synthetic.drawing.clip import Clip, frame
from data_builders.synthetic.drawing.face import Face
from data_builders.synthetic.look_alikes.film import write_image

# The licensed workbook leaves the third and the seventh header cell empty.
HEADER = (
    "Subject",
    "Filename",
    None,
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    None,
    "Action Units",
    "Estimated Emotion",
)


def clip_name(index: int) -> str:
    """Returns the name of a subject's clip, as EP03_02f: session, take, and f for a full face."""
    return f"EP{index // 4 + 1:02d}_{index % 4 + 1:02d}f"


def write_clip(root: Path, subject: str, face: Face, clip: Clip) -> list:
    """Writes a clip's frames and its truth; returns its row of the workbook."""
    folder = root / FRAME_FOLDERS[0] / subject / clip.name
    folder.mkdir(parents=True)
    for index, number in enumerate(clip.numbers):
        pixels = cv2.cvtColor(frame(face, clip, index), cv2.COLOR_RGB2BGR)
        write_image(folder / f"img{number}.jpg", pixels)
    known = root / "ground_truth" / subject
    known.mkdir(parents=True, exist_ok=True)
    truth.save(known / f"{clip.name}.npz", face, clip)
    numbers = clip.numbers
    units = "+".join(str(unit) for unit in clip.action_units)
    apex = clip.onset + clip.apex
    code = subject.removeprefix("sub")  # a text cell: '01'
    return [code, clip.name, None, numbers[0], apex, numbers[-1], None, units, clip.emotion]


def write_workbook(file: Path, rows: list[list]) -> None:
    """Writes the coding workbook: Sheet1, its columns found by position."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    for row in (HEADER, *rows):
        sheet.append(row)
    book.save(file)
