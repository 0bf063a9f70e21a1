"""A clip of SAMM's look-alike: its frames, its row, and the quirk of either."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np

from data_builders.synthetic.look_alikes.film import Scene, Style, write_image
from data_builders.synthetic.writing import Quirks, Take

# The motions that are drawn know neither anger nor contempt.
DRAWN_AS = {"anger": "disgust", "contempt": "repression", "other": "others"}
PERSONS = 100  # no face of CASME II's look-alike
INTENSITIES = "ABC"  # of an action unit: up to 2, 3 and 4 px


@dataclasses.dataclass(frozen=True)
class SammClip:
    """A clip and how it is written."""

    take: Take
    name: str
    onset: int
    scene: Scene

    @property
    def offset(self) -> int:
        return self.onset + self.scene.count - 1

    def row(self, quirks: Quirks) -> list:
        """The workbook's row."""
        apex, offset = self._bounds(quirks)
        stimulus, duration = int(self.name.split("_")[1]), offset - self.onset + 1
        cells = [self.take.subject, self.name, stimulus, self.onset, apex, offset, duration]
        emotion, objective = self._emotion(quirks), self.take.index % 7 + 1
        return [*cells, "Micro - 1/2", self._units(quirks), emotion, objective, None]

    def _bounds(self, quirks: Quirks) -> tuple[int, int]:
        """Apex and offset as they are written."""
        apex, offset = self.onset + self.scene.script.apex, self.offset
        quirky = {
            1: ("apex after the offset", offset + 9, offset),
            2: ("apex before the onset", self.onset - 4, offset),
            3: ("apex -1", -1, offset),
            4: ("apex at the onset", self.onset, offset),
            5: ("offset beyond the last frame", apex, offset + 54),
        }
        if self.take.index in quirky:
            name, *bounds = quirky[self.take.index]
            if quirks.plant(name, self.name):
                apex, offset = bounds
        return apex, offset

    def _emotion(self, quirks: Quirks) -> str:
        emotion, index = self.take.emotion.title(), self.take.index
        if emotion == "Other" and index % 2 and quirks.plant("Others for Other", self.name):
            emotion = "Others"
        if index == 6 and quirks.plant("spaces about the emotion", self.name):
            emotion = f" {emotion} "
        return emotion

    def _units(self, quirks: Quirks) -> str:
        """The code of the units that move: A where one side moves more, R or L where one does."""
        script, side = self.scene.script, self.scene.side
        prefix = side or ("A" if abs(script.lean) > 0.1 else "")
        code = "+".join(
            f"{prefix}{unit}{INTENSITIES[min(max(int(px), 1), 3) - 1]}"
            for unit, px in script.strengths.items()
        )
        if side and quirks.plant("action units with an alternative", self.name):
            code += " or 17A"
        return code

    def write(self, folder: Path, quirks: Quirks) -> None:
        """Writes the frames, grey."""
        folder.mkdir(parents=True)
        padding = self._padding(quirks)
        for number, image in enumerate(self.scene.images(), start=self.onset):
            grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
            width = padding[number % 2]
            write_image(folder / f"{self.take.subject}_{number:0{width}d}.jpg", grey)

    def _padding(self, quirks: Quirks) -> tuple[int, int]:
        """To how many digits the even and the odd frame numbers are padded."""
        names = ("", "frame numbers not padded", "frame numbers padded now and then")
        name = names[self.take.index % 3]
        if name and quirks.plant(name, self.name):
            return (1, 1) if self.take.index % 3 == 1 else (1, 5)
        return 5, 5


def plan(take: Take, style: Style, quirks: Quirks) -> SammClip:
    """What is shown in a clip, and under which name and numbers."""
    name = f"{take.subject}_{take.number % 7 + 1}_{take.number // 7 + 1}"
    key = (style.seed, int(take.subject), take.number)
    rng = np.random.default_rng(key)
    onset = int(rng.integers(1000, 9000))
    if take.index == 8 and quirks.plant("frames from 9998 to 10000", name):
        onset = 9998  # sorted as text they would come out of order
    emotion = DRAWN_AS.get(take.emotion, take.emotion)
    scene = Scene(style, PERSONS + int(take.subject), emotion, key, style.length(rng))
    if take.emotion == "contempt" and scene.units == (14,) and quirks.wanted:
        scene = scene.on_side("R")
    return SammClip(take, name, onset, scene)
