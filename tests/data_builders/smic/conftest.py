"""SMIC's look-alike with tiny blank images: at true scale to be read, a small one to be changed."""

from pathlib import Path

import cv2
import numpy as np
import openpyxl
import pytest

from data_builders.synthetic.look_alikes import smic


@pytest.fixture(scope="session")
def full(tmp_path_factory) -> Path:
    """All clips of all subjects in all trees; not to be changed."""
    root = tmp_path_factory.mktemp("full") / "SMIC"
    return smic.write_tree(root, faces=False, frames=(4, 6))


class SmallTree:
    """Two subjects, 1 and 3, with three clips each: negative, positive and surprise."""

    def __init__(self, root: Path):
        self.root = smic.write_tree(root, faces=False, frames=(4, 4), subjects=(1, 3), clips=3)
        self.hs = root / "SMIC_all_raw" / "SMIC_all_raw" / "HS"
        self.cropped = root / "SMIC_all_cropped" / "HS"
        self.long = root / smic.LONG
        self.workbook = root / smic.LONG_WORKBOOK
        # The planted strays have tests of their own, on the full tree.
        (self.hs / "s1/micro/positive/s1_ne_01/image000007.bmp").unlink()
        (self.hs / "s1/micro/positive/s1_ne_01").rmdir()
        (self.hs / "s1/micro/negative/New folder").rmdir()

    def add(self, folder: str, *files: str) -> Path:
        """A folder below the HS frames with blank images."""
        (self.hs / folder).mkdir(parents=True, exist_ok=True)
        for file in files:
            assert cv2.imwrite(str(self.hs / folder / file), np.full((8, 8), 90, np.uint8))
        return self.hs / folder

    def edit(self, **cells) -> None:
        """Sets cells of the workbook's sheet, as B3=7."""
        book = openpyxl.load_workbook(self.workbook)
        for cell, value in cells.items():
            book.active[cell] = value
        book.save(self.workbook)


@pytest.fixture
def small(tmp_path) -> SmallTree:
    return SmallTree(tmp_path / "SMIC")
