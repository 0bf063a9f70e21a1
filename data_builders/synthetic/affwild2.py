"""A look-alike of Aff-Wild2's expression track: folders and quirks of each release, drawn faces.

Videos, lengths and labels are made up, as their totals were not verified; names have the format of
the real ones and other numbers.
"""

import dataclasses
import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from data_builders.affwild2.classes import EIGHT, SEVEN
from data_builders.affwild2.labels import IGNORED
from data_builders.common.alignment import anchors
from data_builders.common.annotation import GENERATED_MARKER
from data_builders.synthetic.clip import draw_clip, frame
from data_builders.synthetic.face import Face, draw_face
from data_builders.synthetic.identity import draw
from mol_jax.errors import UserError

SIDE = 112  # px of the aligned images
# Where a crop of that size has the eyes, the nose tip and the mouth's corners, px.
TEMPLATE = np.array([[38.3, 51.7], [73.5, 51.5], [56.0, 71.7], [41.5, 92.4], [70.7, 92.2]])
FIRST_ROOT, SECOND_ROOT = "cropped_aligned", "cropped_aligned_new_50_vids"
DRAWN_AS = {"neutral": "others", "anger": "disgust", "disgust": "disgust", "fear": "fear"}
DRAWN_AS |= {"happiness": "happiness", "sadness": "sadness", "surprise": "surprise"}
DRAWN_AS |= {"other": "others"}
TEST_VIDEO = "video990"  # of the test split, which has images and no labels


@dataclasses.dataclass(frozen=True)
class Release:
    """A release: the folder of the track, its training split's, its classes, other tracks."""

    track: str
    train: str
    classes: tuple[str, ...]
    others: tuple[str, ...]


_LATER = ("VA_Estimation_Challenge", "AU_Detection_Challenge")
RELEASES = {
    "abaw2": Release("annotations/EXPR_Set", "Training_Set", SEVEN, ("VA_Set", "AU_Set")),
    **{
        name: Release(track, "Train_Set", EIGHT, _LATER)
        for name, track in {
            "abaw3": "Third ABAW Annotations/EXPR_Classification_Challenge",
            "abaw5": "5th_ABAW_Annotations/EXPR_Classification_Challenge",
            "abaw6": "6th ABAW Annotations/EXPR_Recognition_Challenge",
            "abaw6_copy": "6th ABAW Annotations/EXPR_Classification_Challenge",
        }.items()
    },
}


@dataclasses.dataclass(frozen=True)
class Video:
    """A video's name, label of each frame, and the numbers of the frames that have an image."""

    name: str
    values: list[int]
    numbers: list[int]
    root: str = FIRST_ROOT


def write_tree(
    root: Path,
    *,
    release: str = "abaw6",
    train: int = 8,
    validation: int = 3,
    blocks: int = 6,
    block: int = 40,
    doubled: bool = False,
    faces: bool = True,
    seed: int = 0,
) -> Path:
    """Writes the look-alike; returns `root`.

    Args:
      root: a folder that does not exist yet, or is empty.
      release: of `RELEASES`.
      train: videos of the training split; the first eight have a quirk each.
      validation: videos of the validation split; the last of several has no images.
      blocks: stretches of one label in a video.
      block: about how many frames each of them has.
      doubled: the archives of images are unpacked into folders of their names.
      faces: False writes tiny blank images.
      seed: of faces, motions and the lengths of stretches.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UserError(f"{root} is not an empty folder; choose one that does not exist yet.")
    if release not in RELEASES:
        raise UserError(f"release is {release!r}; expected one of {', '.join(RELEASES)}.")
    for name, value in {"train": train, "validation": validation, "blocks": blocks}.items():
        if value < 1:
            raise UserError(f"{name} is {value}; it must be 1 or more.")
    if block < 10:
        raise UserError(f"block is {block}; it must be 10 or more.")
    made = RELEASES[release]
    videos = make_videos(train + validation, made, blocks, block, seed)
    splits = {made.train: videos[:train], "Validation_Set": videos[train:]}
    for folder, held in splits.items():
        for video in held:
            _write_labels(root / made.track / folder, video, made)
    if validation > 1:
        videos[-1] = dataclasses.replace(videos[-1], numbers=[])
    videos.append(Video(TEST_VIDEO, [0] * 3, [1, 2, 3]))
    for index, video in enumerate(videos):
        place = f"{video.root}/{video.root}" if doubled else video.root
        _write_images(root / place / video.name, video, made, (seed, index) if faces else None)
    _write_others(root, made, videos)
    marker: dict[str, Any] = {"generator": "data_builders.synthetic", "version": 1}
    marker |= {"layout": "affwild2", "release": release, "train": train, "validation": validation}
    marker |= {"blocks": blocks, "block": block, "faces": faces, "seed": seed}
    (root / GENERATED_MARKER).write_text(json.dumps(marker, indent=2) + "\n")
    return root


def make_videos(
    count: int, release: Release, blocks: int, block: int, seed: int = 0
) -> list[Video]:
    """Videos with blocks of labels; the first eight are quirky in turn."""
    return [_quirky(_plain(i, release, blocks, block, seed), i) for i in range(count)]


def _plain(index: int, release: Release, blocks: int, block: int, seed: int) -> Video:
    rng = np.random.default_rng((seed, index))
    classes = len(release.classes)
    values: list[int] = []
    for number in range(blocks):
        # Video after video the labels go round, so that few videos have all of them.
        label = (index * blocks + number) % classes
        values += [label] * (block + int(rng.integers(-block // 10, block // 10 + 1)))
    name = f"{900 + index}-30-1280x720" if index % 3 == 0 else f"video{900 + index}"
    return Video(name, values, list(range(1, len(values) + 1)))


def _quirky(video: Video, index: int) -> Video:
    """The video with the quirk, if any, of its place."""
    name, values, numbers, root = dataclasses.astuple(video)
    match index:
        case 1:
            name = "video901_left"
        case 2:  # another person of the same video
            name = "video901_right"
        case 3:  # no face was found in some frames
            numbers = [number for number in numbers if number not in (10, 11, 50)]
        case 4:  # images past the last label
            numbers = list(range(1, len(values) + 31))
        case 5:  # labels past the last image
            numbers = numbers[:-25]
        case 6:  # frames that nobody labelled, and runs shorter than a clip
            values = [IGNORED] * 20 + [0] * 5 + [1] * 15 + [IGNORED] * 3 + values
            numbers = list(range(1, len(values) + 1))
        case 7:
            root = SECOND_ROOT
    return Video(name, values, numbers, root)


def _write_labels(folder: Path, video: Video, release: Release) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [",".join(name.title() for name in release.classes), *map(str, video.values)]
    (folder / f"{video.name}.txt").write_text("\n".join(lines) + "\n")


def _write_images(
    folder: Path, video: Video, release: Release, seed: tuple[int, int] | None
) -> None:
    if not video.numbers:
        return
    folder.mkdir(parents=True)
    last = [*video.values, *[0] * (video.numbers[-1] - len(video.values))]
    images = _draw(last, release.classes, seed) if seed else [_blank()] * len(last)
    for number in video.numbers:
        data = images[number - 1]
        (folder / f"{number:05d}.jpg").write_bytes(data)


def _write_others(root: Path, release: Release, videos: Sequence[Video]) -> None:
    """What lies beside: other tracks, the videos, system files."""
    first = next(root.glob(f"{FIRST_ROOT}/**/{videos[0].name}"))
    (first / ".DS_Store").write_bytes(b"\x00")
    (root / FIRST_ROOT / "Thumbs.db").write_bytes(b"\xd0\xcf")
    for name in ("batch1", "batch2"):
        (root / name).mkdir()
        (root / name / f"{videos[0].name}.mp4").write_bytes(b"no video")
    for track in release.others:
        folder = (root / release.track).parent / track / release.train
        folder.mkdir(parents=True)
        (folder / f"{videos[0].name}.txt").write_text("valence,arousal\n0.1,0.2\n-5,-5\n")
    multi = (root / release.track).parent / "MTL_Challenge"
    multi.mkdir()
    (multi / "val_set.txt").write_text("image,valence,arousal,expression\n")


@functools.cache
def _blank() -> bytes:
    return _encoded(np.full((8, 8), 90, np.uint8))


def _encoded(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


def _draw(values: Sequence[int], classes: tuple[str, ...], seed: tuple[int, int]) -> list[bytes]:
    """A person's aligned images: each stretch of one label rises to its apex and falls."""
    face = draw_face(draw(seed[0] * 1000 + 300 + seed[1]))  # of no other look-alike
    matrix, _ = cv2.estimateAffinePartial2D(anchors(face.landmarks), TEMPLATE, method=cv2.LMEDS)
    images: list[bytes] = []
    changes = np.flatnonzero(np.diff(values)) + 1
    for start, end in zip([0, *changes], [*changes, len(values)], strict=True):
        label = classes[values[start]] if values[start] != IGNORED else "neutral"
        images += _draw_stretch(face, label, int(end - start), matrix, (*seed, int(start)))
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
