"""A clip of CASME II's look-alike: its frames in every tree, its row, and the quirk of either."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from data_builders.synthetic.clip import Clip, frame
from data_builders.synthetic.face import Face

NO_APEX, APEX_AT_ONSET, TRUNCATED = "sub04", "sub05", "sub16"  # in the first clip of each
KEPT = 0.63  # of a truncated crop's frames
NEUTRAL = 2  # frames before and after a micro-expression in the full recordings


@dataclasses.dataclass(frozen=True)
class CasmeClip:
    """A clip and how it is written; `index` counts all clips and chooses the quirk of its row.

    `first`: of its subject. `drawn` is None where the images are blank.
    """

    subject: str
    name: str
    emotion: str
    index: int
    first: bool
    onset: int
    apex: int
    offset: int
    drawn: Clip | None

    def row(self, *, numeric: bool) -> list:
        """The workbook's row."""
        name, emotion, units = self.name, self.emotion, "R12+25"
        apex: Any = self.apex
        if self.first and self.subject == NO_APEX:
            apex = "/"
        if self.first and self.subject == APEX_AT_ONSET:
            apex = self.onset
        match self.index:
            case 1:
                name, emotion = f" {name} ", f"{emotion.title()} "
            case 2:
                name = name.lower()
        subject = int(self.subject[3:]) if numeric else self.subject[3:]
        cell = 4 if self.index % 5 == 3 else units  # a single unit is a numeric cell
        return [subject, name, None, self.onset, apex, self.offset, None, cell, emotion]

    def images(self, face: Face | None) -> Iterator[np.ndarray]:
        """The frames from onset to offset."""
        for index in range(self.offset - self.onset + 1):
            if face and self.drawn:
                yield cv2.cvtColor(frame(face, self.drawn, index), cv2.COLOR_RGB2BGR)
            else:
                yield np.full((8, 8), 90, np.uint8)

    def write(self, root: Path, tree: str, images: Sequence[np.ndarray]) -> None:
        """Writes the frames as that tree has them."""
        plain = tree.lower()
        cropped, full = "crop" in plain, "raw" in plain and "selected" not in plain
        numbered = dict(enumerate(images, start=self.onset))
        if full:
            numbered |= {self.onset - n: images[0] for n in range(1, NEUTRAL + 1)}
            numbered |= {self.offset + n: images[-1] for n in range(1, NEUTRAL + 1)}
        if cropped and self.first and self.subject == TRUNCATED:
            kept = max(self.apex - self.onset + 1, round(KEPT * len(images)))
            numbered = {n: numbered[n] for n in range(self.onset, self.onset + kept)}
        folder = root / tree / self.subject / self.name
        folder.mkdir(parents=True)
        for number, image in numbered.items():
            edge = image.shape[0] // 10 if cropped else 0
            inner = image[edge : image.shape[0] - edge, edge : image.shape[1] - edge]
            encoded = cv2.imencode(".jpg", inner, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
            (folder / f"{'reg_' * cropped}img{number}.jpg").write_bytes(encoded.tobytes())
