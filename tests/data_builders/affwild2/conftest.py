"""Aff-Wild2's look-alike with tiny blank images: a shared one to be read, an empty one to fill."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from data_builders.affwild2 import annotation
from data_builders.affwild2.classes import EIGHT
from data_builders.synthetic.look_alikes import affwild2

HEADER = ",".join(name.title() for name in EIGHT)
IMAGE = cv2.imencode(".jpg", np.full((8, 8), 90, np.uint8))[1].tobytes()


@pytest.fixture(scope="session")
def full(tmp_path_factory) -> Path:
    """Every planted quirk; not to be changed."""
    return affwild2.write_tree(tmp_path_factory.mktemp("full") / "Aff-Wild2", faces=False)


class Tree:
    """Label files and folders of images, in the layout of the sixth competition."""

    def __init__(self, root: Path):
        self.root = root
        self.track = root / "6th ABAW Annotations/EXPR_Recognition_Challenge"
        self.images = root / "cropped_aligned"

    def label(self, video: str, values: Iterable, *, split="Train_Set", header=HEADER) -> Path:
        file = self.track / split / f"{video}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([header, *map(str, values)]) + "\n")
        return file

    def show(self, video: str, numbers: Iterable[int]) -> Path:
        folder = self.images / video
        folder.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            (folder / f"{number:05d}.jpg").write_bytes(IMAGE)
        return folder

    def add(self, video: str, values: list, *, split="Train_Set") -> Path:
        """A video with an image of every frame; returns its label file."""
        self.show(video, range(1, len(values) + 1))
        return self.label(video, values, split=split)

    def read(self) -> annotation.CutSource:
        return annotation.annotate(self.root, "affwild2")


@pytest.fixture
def tree(tmp_path) -> Tree:
    return Tree(tmp_path / "Aff-Wild2")
