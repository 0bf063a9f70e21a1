"""A tree in the layout of SAMM, without images."""

import openpyxl
import pytest

from data_builders.samm import annotation
from data_builders.synthetic.look_alikes.samm import HEADER


class SammTree:
    """Writes clip folders and the workbook; `rows` may be edited before it."""

    def __init__(self, root):
        self.root, self.frames = root, root / "SAMM"
        self.header, self.rows, self.notes = list(HEADER), [], 13

    def add(self, subject, clip, *, onset=4100, apex=4117, offset=4128, emotion="Anger"):
        folder = self.frames / subject / clip
        folder.mkdir(parents=True)
        duration = offset - onset + 1
        row = [subject, clip, 1, onset, apex, offset, duration, "Micro - 1/2", "A4B", emotion]
        self.rows.append([*row, 1, None])
        return folder

    def write_workbook(self, file=annotation.WORKBOOKS[0]):
        book = openpyxl.Workbook()
        for number in range(self.notes):
            book.active.append([f"Note {number}", "Subject"])
        for row in [self.header, *self.rows]:
            book.active.append(row)
        book.create_sheet("Sheet1").append(["another sheet"])
        book.save(self.root / file)

    def read(self):
        self.write_workbook()
        return annotation.annotate(self.root, "samm")


@pytest.fixture
def tree(tmp_path):
    return SammTree(tmp_path)


@pytest.fixture
def row(tree):
    """The row of a tree's only clip."""
    tree.add("006", "006_1_2")
    return tree.rows[0]
