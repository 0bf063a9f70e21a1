"""A clip of CASME II's look-alike: its frames in every tree, its row, and the quirk of either."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data_builders.synthetic.look_alikes.casme2 import clip_name
from data_builders.synthetic.look_alikes.film import Scene, Style, cropped, write_image
from data_builders.synthetic.writing import Quirks, Take

NO_APEX, APEX_AT_ONSET, TRUNCATED = "sub04", "sub05", "sub16"  # in the first clip of each
IRREGULAR = {"sub03": ("EP01_2",), "sub07": ("EP06_02_01", "EP06_02_02"), "sub09": ("EP09f",)}
KEPT = 0.63  # of a truncated crop's frames
NEUTRAL = 2  # frames before and after a micro-expression in the full recordings


@dataclasses.dataclass(frozen=True)
class CasmeClip:
    """A clip and how it is written."""

    take: Take
    name: str
    onset: int
    scene: Scene

    @property
    def where(self) -> str:
        return f"{self.take.subject}/{self.name}"

    @property
    def apex(self) -> int:
        return self.onset + self.scene.script.apex

    def row(self, quirks: Quirks, *, numeric: bool) -> list:
        """The workbook's row."""
        take, where = self.take, self.where
        name, emotion, apex = self.name, take.emotion, self.apex
        noted: Any = apex
        if take.number == 0 and take.subject == NO_APEX:
            quirks.plant("apex '/'", where, always=True)
            noted = "/"
        if take.number == 0 and take.subject == APEX_AT_ONSET:
            quirks.plant("apex at the onset", where, always=True)
            noted = self.onset
        if take.index == 1 and quirks.plant("spaces about the name, a capital emotion", where):
            name, emotion = f" {name} ", f"{emotion.title()} "
        if take.index == 2 and quirks.plant("name in lower case", where):
            name = name.lower()
        subject = int(take.subject[3:]) if numeric else take.subject[3:]
        offset = self.onset + self.scene.count - 1
        return [subject, name, None, self.onset, noted, offset, None, self._units(quirks), emotion]

    def _units(self, quirks: Quirks) -> str | int:
        """The cell of the action units: those that move, with the side where only one does."""
        units, side = self.scene.units, self.scene.side
        if side:
            quirks.plant("action units with a side", self.where)
        elif len(units) == 1 and quirks.plant("a single action unit as a number", self.where):
            return units[0]
        return "+".join(f"{side}{unit}" for unit in units)

    def write(self, root: Path, tree: str, images: Sequence[np.ndarray], quirks: Quirks) -> None:
        """Writes the frames as that tree has them."""
        plain = tree.lower()
        crop, full = "crop" in plain, "raw" in plain and "selected" not in plain
        numbered = dict(enumerate(images, start=self.onset))
        last = self.onset + len(images) - 1
        if full:
            numbered |= {self.onset - n: images[0] for n in range(1, NEUTRAL + 1)}
            numbered |= {last + n: images[-1] for n in range(1, NEUTRAL + 1)}
        short = crop and self.take.number == 0 and self.take.subject == TRUNCATED
        if short and quirks.plant("crop cut short after its apex", f"{tree}/{self.where}"):
            kept = max(self.apex - self.onset + 1, round(KEPT * len(images)))
            numbered = {n: numbered[n] for n in range(self.onset, self.onset + kept)}
        folder = root / tree / self.take.subject / self.name
        folder.mkdir(parents=True)
        for number, image in numbered.items():
            shown = cropped(image) if crop else image
            write_image(folder / f"{'reg_' * crop}img{number}.jpg", shown)


def plan(take: Take, style: Style, quirks: Quirks) -> CasmeClip:
    """What is shown in a clip, and under which name and numbers."""
    key = (style.seed, int(take.subject[3:]), take.number)
    name = clip_name(take.number)
    irregular = IRREGULAR.get(take.subject, ())
    if take.number < len(irregular):
        other = irregular[take.number]
        if quirks.plant("name that is no EP01_01f", f"{take.subject}/{other}"):
            name = other
    rng = np.random.default_rng(key)
    onset = int(rng.integers(100, 400))
    if take.index == 4 and quirks.plant("frames from 98 to 100", f"{take.subject}/{name}"):
        onset = 98  # sorted as text they would come out of order
    scene = Scene(style, int(take.subject[3:]), take.emotion, key, style.length(rng))
    if take.index % 5 == 3 and len(scene.units) == 1 and quirks.wanted:
        scene = scene.on_side("L" if take.index % 2 else "R")
    return CasmeClip(take, name, onset, scene)
