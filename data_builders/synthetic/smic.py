"""A look-alike of SMIC: its trees, workbook, counts and quirks, with generated clips.

Written at true scale unless asked otherwise: 164 HS clips of 16 subjects with the published classes
of each, 71 VIS and NIR clips, 157 long HS-E clips. Frame numbers and lengths are made up, and so is
what is not published, as which long clips hold two micro-expressions.
"""

import dataclasses
import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openpyxl

from data_builders.common.annotation import GENERATED_MARKER
from data_builders.smic.layout import CODES, CROPPED, RAW, ClipName
from data_builders.synthetic.clip import draw_clip, frame
from data_builders.synthetic.face import Face, draw_face
from data_builders.synthetic.identity import draw
from mol_jax.errors import UserError

# Clips of each subject: negative, positive, surprise.
COUNTS: dict[int, tuple[int, int, int]] = {
    **{1: (3, 2, 1), 2: (0, 1, 5), 3: (22, 11, 6), 4: (10, 4, 5), 5: (1, 0, 1), 6: (2, 0, 2)},
    **{8: (9, 4, 0), 9: (0, 1, 3), 11: (3, 3, 1), 12: (0, 8, 1), 13: (0, 10, 0), 14: (3, 2, 5)},
    **{15: (1, 1, 2), 18: (2, 0, 5), 19: (0, 1, 1), 20: (14, 3, 5)},
}
VIS_FROM = 11  # VIS and NIR filmed the last ten subjects
PARTS = ("raw", "cropped", "vis", "nir", "long")
LONG = "SMIC-E_raw image/HS_long/SMIC-HS-E"
LONG_WORKBOOK = "SMIC-HS-E_annotation_2019.xlsx"
LONG_HEADER = (
    *("Subject", "Filename", None, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F"),
    *(
        "Offset3F",
        None,
        "FirstF",
        "LastF",
        "TotalMF1",
        "TotalMF2",
        "TotalMF3",
        "TotalVL",
        "Emotion",
    ),
)
# Clips that the long set has no folder for: three are lost, the others are a second or a third
# micro-expression of a long clip. s13_po_10 and s20_ne_14 are chosen here.
LOST = ("s3_ne_20", "s13_po_10", "s20_ne_14")
SHARED = {"s3_ne_03": "s3_ne_02", "s4_ne_05": "s4_ne_04", "s4_ne_06": "s4_ne_04"}
SHARED |= {"s9_sur_02": "s9_sur_01"}
CROPPED_EMPTY = "s18_sur_03"
CROPPED_GAPS = {"s3_po_08": 2, "s3_sur_01": 1, "s3_sur_05": 1, "s3_ne_16": 1}
DRAWN_AS = {"negative": "disgust", "positive": "happiness", "surprise": "surprise"}
NEUTRAL = 3  # frames before, between and after the micro-expressions of a long clip


@dataclasses.dataclass(frozen=True)
class Style:
    """How the clips are filled: range of a clip's length, drawn faces or blank images, seed."""

    frames: tuple[int, int]
    faces: bool
    seed: int

    def numbers(self, name: ClipName) -> range:
        """The clip's frame numbers, alike in all trees; of three digits to six."""
        rng = np.random.default_rng(self.key(name))
        first = int(10 ** rng.uniform(2.5, 5.9))
        return range(first, first + int(rng.integers(self.frames[0], self.frames[1] + 1)))

    def key(self, name: ClipName) -> tuple[int, ...]:
        return (self.seed, name.subject, list(CODES).index(name.code), name.index)

    def images(self, name: ClipName, camera: int = 0) -> list[np.ndarray]:
        """The clip's frames, BGR or grey; a camera films the same motion with its own noise."""
        count = len(self.numbers(name))
        if not self.faces:
            return [np.full((8, 8), 90, np.uint8)] * count
        face = _face(self.seed, name.subject)
        clip = draw_clip(
            face,
            name=str(name),
            emotion=DRAWN_AS[name.emotion],
            amplitude=(1.0, 4.0),
            frames=(count, count),
            seed=self.key(name),
        )
        clip = dataclasses.replace(clip, noise_seed=(*clip.noise_seed, camera))
        drawn = [frame(face, clip, index) for index in range(count)]
        return [cv2.cvtColor(image, cv2.COLOR_RGB2BGR) for image in drawn]


def write_tree(
    root: Path,
    *,
    subjects: Sequence[int] = tuple(COUNTS),
    clips: int | None = None,
    frames: tuple[int, int] = (10, 16),
    faces: bool = True,
    seed: int = 0,
    parts: Sequence[str] = PARTS,
) -> Path:
    """Writes the look-alike; returns `root`.

    Args:
      root: a folder that does not exist yet, or is empty.
      subjects: of `COUNTS`.
      clips: the most of each subject, None for all.
      frames: range of a clip's length.
      faces: False writes tiny blank images, which takes seconds at true scale.
      seed: of faces, motions and frame numbers.
      parts: which trees, of `PARTS`.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UserError(f"{root} is not an empty folder; choose one that does not exist yet.")
    unknown = [*(s for s in subjects if s not in COUNTS), *(p for p in parts if p not in PARTS)]
    if unknown or not subjects or not 4 <= frames[0] <= frames[1]:
        raise UserError(
            f"subjects, parts and frames are {list(subjects)}, {list(parts)} and {list(frames)}; "
            f"need some of {list(COUNTS)}, of {list(PARTS)}, and at least 4 frames."
        )
    names, style = clip_names(subjects, clips), Style(frames, faces, seed)
    slow = [name for name in names if name.subject >= VIS_FROM]
    raw = root / RAW / RAW  # archives often unpack one level down
    if "raw" in parts:
        _write_short(raw / "HS", names, style)
        _write_strays(raw / "HS", names[0])
    if "cropped" in parts:
        _write_short(root / CROPPED / "HS", names, style, cropped=True)
    for camera, part in enumerate(("vis", "nir"), start=1):
        if part in parts:
            _write_short(raw / part.upper(), slow, style, camera=camera)
    if "long" in parts:
        _write_long(root, names, style)
    marker: dict[str, Any] = {"generator": "data_builders.synthetic", "version": 1}
    marker |= {"layout": "smic", "subjects": len(subjects), "clips": len(names), "seed": seed}
    marker |= {"faces": faces, "parts": list(parts)}
    root.mkdir(parents=True, exist_ok=True)
    (root / GENERATED_MARKER).write_text(json.dumps(marker, indent=2) + "\n")
    return root


def clip_names(subjects: Sequence[int], clips: int | None = None) -> list[ClipName]:
    """The HS clips: of each subject all, or the first few with the classes in turn."""
    names = []
    for subject in subjects:
        own = [
            ClipName(subject, code, index + 1)
            for code, count in zip(CODES, COUNTS[subject], strict=True)
            for index in range(count)
        ]
        names += own if clips is None else sorted(own, key=lambda name: name.index)[:clips]
    return names


@functools.lru_cache(maxsize=32)
def _face(seed: int, subject: int) -> Face:
    return draw_face(draw(seed * 1000 + subject))


def _write_short(
    root: Path, names: Sequence[ClipName], style: Style, *, cropped: bool = False, camera: int = 0
) -> None:
    """Writes one camera's tree; among the raw clips some are .jpg, and folders vary in case."""
    for name in names:
        emotion = name.emotion.title() if not cropped and name.subject == 3 else name.emotion
        subject = "s08" if not cropped and name.subject == 8 else f"s{name.subject}"
        folder = root / subject / "micro" / emotion / str(name)
        folder.mkdir(parents=True)
        images = dict(zip(style.numbers(name), style.images(name, camera), strict=True))
        suffix = ".jpg" if not cropped and name.index % 5 == 4 else ".bmp"
        for number in list(images)[1 : 1 + CROPPED_GAPS.get(str(name), 0)] if cropped else ():
            del images[number]
        if cropped and str(name) == CROPPED_EMPTY:
            images.clear()
        for number, image in images.items():
            edge = image.shape[0] // 10 if cropped else 0
            inner = image[edge : image.shape[0] - edge, edge : image.shape[1] - edge]
            prefix = "reg_image" if cropped else "image"
            _write_image(folder / f"{prefix}{number:06d}{suffix}", inner)


def _write_image(file: Path, image: np.ndarray) -> None:
    file.write_bytes(cv2.imencode(file.suffix, image)[1].tobytes())


def _write_strays(root: Path, name: ClipName) -> None:
    """What lies among the clips and is none: one in the wrong class, non_micro, system files."""
    clip = next(root.glob(f"*/micro/*/{name}"))
    subject = clip.parents[2]
    (clip / "Thumbs.db").write_bytes(b"\xd0\xcf")
    (clip.parent / ".DS_Store").write_bytes(b"\x00")
    (clip.parent / "New folder").mkdir()
    wrong = next(emotion for emotion in CODES.values() if emotion != name.emotion)
    image = next(file for file in clip.iterdir() if file.suffix == ".bmp").read_bytes()
    for folder in (subject / "micro" / wrong / str(name), subject / "non_micro" / str(name)):
        folder.mkdir(parents=True)
        (folder / "image000007.bmp").write_bytes(image)


def _write_long(root: Path, names: Sequence[ClipName], style: Style) -> None:
    """Writes the long clips and the workbook, whose rows are quirky in turn."""
    shown = [str(name) for name in names]
    first = {name: SHARED[name] for name in shown if SHARED.get(name) in shown}
    rows: list[list] = []
    for name in names:
        if str(name) not in LOST and str(name) not in first:
            held = [other for other in names if str(name) in (str(other), first.get(str(other)))]
            rows.append(_quirky(_write_long_clip(root / LONG, held, style), len(rows)))
    book = openpyxl.Workbook()
    for row in (LONG_HEADER, *rows):
        book.active.append(row)
    book.active.append([None])
    book.active.append(["Frames are counted from the start of a recording."])
    book.active.append([None, "Three clips have no long clip."])
    book.save(root / LONG_WORKBOOK)


def _write_long_clip(root: Path, held: Sequence[ClipName], style: Style) -> list:
    """Writes the micro-expressions `held` with neutral frames about each; returns the row."""
    name, images, spans = held[0], [], []
    start = style.numbers(name)[0]
    for other in held:
        shown = style.images(other)
        images += [shown[0]] * NEUTRAL
        spans.append((start + len(images), start + len(images) + len(shown) - 1))
        images += [*shown, *[shown[-1]] * NEUTRAL]
    folder = root / f"s{name.subject:02d}" / str(name)
    folder.mkdir(parents=True)
    for number, image in enumerate(images, start=start):
        _write_image(folder / f"image{number:06d}.jpg", image)
    blank = [None] * (3 - len(spans))
    totals = [*(last - first + 1 for first, last in spans), *blank]
    bounds = [*(number for span in spans for number in span), *blank, *blank]
    cells = [name.subject, str(name), None, *bounds, None, start, start + len(images) - 1]
    return [*cells, *totals, len(images), name.emotion]


def _quirky(row: list, index: int) -> list:
    """The row with the quirk, if any, of its place in the sheet."""
    match index:
        case 1:
            row[10] = "see the first image"
        case 2:
            row[1], row[16] = f" {row[1]} ", f"{row[16].title()} "
        case 3:
            row[0], row[3], row[4] = f"{row[0]:02d}", str(row[3]), f" {row[4]} "
        case 4 if row[6] is None:
            row[4] += 500  # beyond the last frame on disk
    return row
