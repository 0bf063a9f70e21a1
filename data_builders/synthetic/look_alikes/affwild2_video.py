"""A video of Aff-Wild2's look-alike: its labels and images, and the quirk of either."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from data_builders.affwild2.cutting import Rule, cut
from data_builders.affwild2.labels import IGNORED, Labels
from data_builders.pixels.alignment import anchors
from data_builders.synthetic.drawing.clip import draw_clip, frame
from data_builders.synthetic.drawing.face import Face, draw_face
from data_builders.synthetic.drawing.identity import draw
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.writing import Quirks

SIDE = 112  # px of the aligned images
# Where a crop of that size has the eyes, the nose tip and the mouth's corners, px.
TEMPLATE = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]])
FIRST_ROOT, SECOND_ROOT = "cropped_aligned", "cropped_aligned_new_50_vids"
DRAWN_AS = {"neutral": "others", "anger": "disgust", "disgust": "disgust", "fear": "fear"}
DRAWN_AS |= {"happiness": "happiness", "sadness": "sadness", "surprise": "surprise"}
DRAWN_AS |= {"other": "others"}
PERSONS = 2**64  # the faces of the other look-alikes have smaller numbers
MOST = 999  # videos of a split


@dataclasses.dataclass(frozen=True)
class Video:
    """A video and how it is written.

    Attributes:
      name: of its label file and its folder of images.
      person: a number, the same face for the same one.
      values: label of each frame.
      numbers: of the frames that have an image.
      root: the folder its images lie in.
      header: the first line of its label file, None for the names of the classes.
      wrong: what stands in line 4 in place of a label, None for the label.
    """

    name: str
    person: int
    values: list[int]
    numbers: list[int]
    root: str = FIRST_ROOT
    header: str | None = None
    wrong: str | None = None

    def write_labels(self, folder: Path, classes: Sequence[str]) -> None:
        """Writes its label file."""
        folder.mkdir(parents=True, exist_ok=True)
        names = ",".join(name.title() for name in classes)
        lines = [names if self.header is None else self.header, *map(str, self.values)]
        if self.wrong is not None:
            lines[3] = self.wrong
        (folder / f"{self.name}.txt").write_text("\n".join(lines) + "\n")

    def write_images(self, folder: Path, classes: Sequence[str], style: Style) -> None:
        """Writes its images, where it has any."""
        if not self.numbers:
            return
        folder.mkdir(parents=True)
        shown = [*self.values, *[0] * (self.numbers[-1] - len(self.values))]
        images = _draw(self.person, shown, classes, style) if style.faces else None
        for number in self.numbers:
            image = images[number - 1] if images else _blank()
            (folder / f"{number:05d}.jpg").write_bytes(image)

    def clips(self, classes: tuple[str, ...]) -> int:
        """How many clips are cut out of it by the rule of the builder."""
        if self.header is not None or self.wrong is not None:
            return 0
        labels = Labels(classes, np.array(self.values, np.int8))
        return cut(labels, self.numbers, Rule())[1].clips


def name_of(index: int) -> str:
    """The name of the look-alike's `index`th video, in one of the formats of the real ones."""
    return f"{900 + index}-30-1280x720" if index % 3 == 0 else f"video{900 + index}"


def plain(index: int, classes: int, *, blocks: int, block: int, seed: int) -> Video:
    """The `index`th video without quirks: blocks of one label, an image of every frame."""
    rng = np.random.default_rng((seed, index))
    values: list[int] = []
    for number in range(blocks):
        # Video after video the labels go round, so that few videos have all of them.
        label = (index * blocks + number) % classes
        values += [label] * (block + int(rng.integers(-block // 10, block // 10 + 1)))
    return Video(name_of(index), index, values, list(range(1, len(values) + 1)))


def quirky(video: Video, number: int, held_out: str, quirks: Quirks) -> Video:
    """The training split's `number`th video with the quirk of its place, where there is one.

    held_out: name of a video of the validation split.
    """
    if not 0 < number <= len(QUIRKS):
        return video
    name, make = QUIRKS[number - 1]
    made = make(video, held_out)
    return made if quirks.plant(name, made.name) else video


def _unlabelled(video: Video, _: str) -> Video:
    values = [IGNORED] * 20 + [0] * 5 + [1] * 15 + [IGNORED] * 3 + video.values
    return dataclasses.replace(video, values=values, numbers=list(range(1, len(values) + 1)))


def _numbered(choose: Callable[[list[int]], list[int]]) -> Callable[[Video, str], Video]:
    return lambda video, _: dataclasses.replace(video, numbers=choose(video.numbers))


def _named(name: str, person: int | None = None) -> Callable[[Video, str], Video]:
    def make(video: Video, _: str) -> Video:
        who = video.person if person is None else person
        return dataclasses.replace(video, name=name, person=who)

    return make


def _damaged(
    *, header: str | None = None, wrong: str | None = None
) -> Callable[[Video, str], Video]:
    """A few frames with a label file that cannot be used."""

    def make(video: Video, _: str) -> Video:
        few, numbers = video.values[:20], video.numbers[:20]
        return dataclasses.replace(video, values=few, numbers=numbers, header=header, wrong=wrong)

    return make


def _held_out(video: Video, held_out: str) -> Video:
    return dataclasses.replace(video, name=held_out, numbers=[])  # its images are there already


# Of the second video of the training split, the third, and so on; the first has none.
QUIRKS: tuple[tuple[str, Callable[[Video, str], Video]], ...] = (
    ("two people in one recording", _named("video901_left")),
    ("two people in one recording", _named("video901_right")),
    ("frames without an image", _numbered(lambda n: [k for k in n if k not in (10, 11, 50)])),
    ("images past the last label", _numbered(lambda n: [*n, *range(len(n) + 1, len(n) + 31)])),
    ("labels past the last image", _numbered(lambda n: n[:-25])),
    ("frames labelled -1, and runs shorter than a clip", _unlabelled),
    ("images in the second folder", lambda v, _: dataclasses.replace(v, root=SECOND_ROOT)),
    ("name with dots", _named("908.v2-25-854x480")),
    ("parts of one recording", _named("video909_1", 9)),
    ("parts of one recording", _named("video909_2", 9)),
    ("label file with another header", _damaged(header="valence,arousal")),
    ("label that is no integer", _damaged(wrong="0.5")),
    ("label out of range", _damaged(wrong="9")),
    ("video in both splits", _held_out),
)


def face_number(seed: int, person: int) -> int:
    """The number that a person is drawn from: no other seed or person has it."""
    return PERSONS + 10_000 * seed + person  # of two splits with at most `MOST` videos each


@functools.cache
def _blank() -> bytes:
    return _encoded(np.full((8, 8), 90, np.uint8))


def _encoded(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


def _draw(person: int, values: Sequence[int], classes: Sequence[str], style: Style) -> list[bytes]:
    """A person's aligned images: each stretch of one label rises to its apex and falls."""
    face = draw_face(draw(face_number(style.seed, person)))
    matrix, _ = cv2.estimateAffinePartial2D(anchors(face.landmarks), TEMPLATE, method=cv2.LMEDS)
    images: list[bytes] = []
    changes = np.flatnonzero(np.diff(values)) + 1
    for start, end in zip([0, *changes], [*changes, len(values)], strict=True):
        label = classes[values[start]] if values[start] != IGNORED else "neutral"
        key = (style.seed, person, int(start))
        images += _draw_stretch(face, label, int(end - start), matrix, key)
    return images


def _draw_stretch(
    face: Face, label: str, count: int, matrix: np.ndarray, seed: tuple[int, ...]
) -> list[bytes]:
    clip = draw_clip(
        face,
        name=label,
        emotion=DRAWN_AS[label],
        amplitude=(0.05, 0.1) if label == "neutral" else (3.0, 6.0),  # visible to the naked eye
        frames=(max(count, 3), max(count, 3)),
        seed=seed,
    )
    drawn = (frame(face, clip, index) for index in range(count))
    return [_encoded(_aligned(image, matrix)) for image in drawn]


def _aligned(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    bgr = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 0.7), cv2.COLOR_RGB2BGR)
    return cv2.warpAffine(bgr, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_CONSTANT)
