"""A tiny tree in the layout of CASME II, and a detector that needs no face."""

import json
from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest

HEADER = ["Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None]
HEADER += ["Action Units", "Estimated Emotion"]
HEIGHT, WIDTH = 120, 100


def mean_landmarks() -> np.ndarray:
    """Landmarks [68, 2] that differ from each other, with the anchors where a face has them."""
    points = np.stack([30 + np.arange(68) % 9 * 5.0, 40 + np.arange(68) // 9 * 6.0], axis=1)
    points[36:42] = [[31.5 + k, 46] for k in range(6)]
    points[42:48] = [[63.5 + k, 46] for k in range(6)]
    points[[30, 48, 54]] = [[50, 64], [38, 78], [62, 78]]
    return points.astype(np.float32)


class FixedDetector:
    """Finds the same landmarks in every image, and none in a black one."""

    def __call__(self, image):
        return mean_landmarks() if image.max() > 0 else None


def pattern(number: int) -> np.ndarray:
    """A smooth grey image, uint8 [H, W], that moves 0.5 px to the right with each frame."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    x = x - 0.5 * number
    wave = np.sin(x / 3.1) + np.sin(y / 3.7) + np.sin((x + y) / 5.3) + np.sin((x - 2 * y) / 7.9)
    return np.uint8(128 + 28 * wave)


class CasmeTree:
    """Writes clips and the coding workbook; `rows` may be edited before `write_workbook`."""

    def __init__(self, root: Path):
        self.root = root
        self.frames = root / "CASME2_RAW_selected"
        self.rows: list[list] = []
        self.header = list(HEADER)

    def add(self, subject, clip, *, onset=10, apex=14, offset=19, emotion="happiness", black=()):
        folder = self.frames / f"sub{int(subject):02d}" / clip
        folder.mkdir(parents=True)
        for number in range(onset, offset + 1):
            image = pattern(number) * (number not in black)
            assert cv2.imwrite(str(folder / f"img{number}.jpg"), image)
        self.rows.append([subject, clip, None, onset, apex, offset, None, "R12+25", emotion])
        return folder

    def write_workbook(self, name="CASME2-coding-20140508.xlsx", sheet="Sheet1") -> Path:
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in [self.header, *self.rows]:
            book.active.append(row)
        self.root.mkdir(parents=True, exist_ok=True)
        book.save(self.root / name)
        return self.root / name

    def mark_generated(self) -> None:
        marker = {"generator": "test", "version": 1, "seed": 0}
        (self.root / "GENERATED.json").write_text(json.dumps(marker))


@pytest.fixture
def tree(tmp_path) -> CasmeTree:
    """An empty tree under the test's own folder."""
    return CasmeTree(tmp_path / "CASME2")


@pytest.fixture
def small_tree(tree) -> CasmeTree:
    """Two subjects, three clips: one short, one with a missing apex."""
    tree.add("01", "EP02_01f", emotion="Happiness ")
    tree.add("01", "EP03_02", apex="/", offset=14, emotion="disgust")
    tree.add("02", "EP02_01f", apex=99, emotion="surprise")
    tree.write_workbook()
    return tree


@pytest.fixture
def detector():
    return FixedDetector
