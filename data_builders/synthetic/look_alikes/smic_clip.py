"""The clips of SMIC's look-alike in the trees of its three cameras, and what lies among them."""

import dataclasses
from pathlib import Path

import numpy as np

from data_builders.smic.layout import CODES, CROPPED, ClipName
from data_builders.synthetic.look_alikes.film import Scene, Style, cropped, write_image
from data_builders.synthetic.look_alikes.smic_long import LONG_PARTS, LOST, write_long_clip
from data_builders.synthetic.writing import Quirks

VIS_FROM = 11  # VIS and NIR filmed the last ten subjects
# Of each camera: its part with short clips, and that with long ones.
CAMERAS = {"HS": ("raw", "long"), "VIS": ("vis", "vis_long"), "NIR": ("nir", "nir_long")}
CROPPED_EMPTY = "s18_sur_03"
CROPPED_GAPS = {"s3_po_08": 2, "s3_sur_01": 1, "s3_sur_05": 1, "s3_ne_16": 1}
DRAWN_AS = {"negative": "disgust", "positive": "happiness", "surprise": "surprise"}
PERSONS = 200  # no face of another look-alike

Numbered = dict[int, np.ndarray]  # frames by their number


@dataclasses.dataclass(frozen=True)
class Trees:
    """Where the look-alike goes: its root, the folder of HS, VIS and NIR, and which parts of it."""

    root: Path
    raw: Path
    parts: tuple[str, ...]


def write_recording(
    trees: Trees, style: Style, names: tuple[ClipName, ...], quirks: Quirks
) -> dict[str, list[list]]:
    """Writes the clips that share a long clip of HS-E; returns the rows of each part's workbook."""
    rows: dict[str, list[list]] = {part: [] for part in LONG_PARTS}
    for index, (camera, parts) in enumerate(CAMERAS.items()):
        wanted = {*parts, *(["cropped"] if camera == "HS" else [])} & set(trees.parts)
        if not wanted or (camera != "HS" and names[0].subject < VIS_FROM):
            continue
        for held in [names] if camera == "HS" else [(name,) for name in names]:
            films = {name: _film(name, style, index) for name in held}
            for name, numbered in films.items():
                if parts[0] in wanted:
                    _write_raw(trees.raw / camera, name, numbered, quirks)
                if "cropped" in wanted:
                    _write_cropped(trees.root / CROPPED / "HS", name, numbered, quirks)
            if parts[1] in wanted and not (camera == "HS" and str(names[0]) in LOST):
                folder = trees.root / LONG_PARTS[parts[1]][0]
                rows[parts[1]].append(write_long_clip(folder, films))
    return rows


def plan(name: ClipName, style: Style) -> tuple[int, Scene]:
    """What is shown in a clip, and its first frame's number, of three digits to six."""
    key = (style.seed, name.subject, list(CODES).index(name.code), name.index)
    rng = np.random.default_rng(key)
    first = int(10 ** rng.uniform(2.5, 5.9))
    emotion = DRAWN_AS[name.emotion]
    return first, Scene(style, PERSONS + name.subject, emotion, key, style.length(rng))


def _film(name: ClipName, style: Style, camera: int) -> Numbered:
    """A clip's frames; their numbers are alike in all trees."""
    first, scene = plan(name, style)
    return dict(enumerate(scene.images(camera), start=first))


def _write_raw(root: Path, name: ClipName, images: Numbered, quirks: Quirks) -> None:
    """Writes a clip as the raw trees have it: some are .jpg, and folders vary in case."""
    subject, emotion, suffix = f"s{name.subject}", name.emotion, ".bmp"
    where = f"{root.name}/{name}"
    if name.subject == 3 and quirks.plant("class folder with a capital", where):
        emotion = emotion.title()
    if name.subject == 8 and quirks.plant("subject folder padded", where):
        subject = "s08"
    if name.index % 5 == 4 and quirks.plant(".jpg among .bmp clips", where):
        suffix = ".jpg"
    folder = root / subject / "micro" / emotion / str(name)
    folder.mkdir(parents=True)
    for number, image in images.items():
        write_image(folder / f"image{number:06d}{suffix}", image)


def _write_cropped(root: Path, name: ClipName, images: Numbered, quirks: Quirks) -> None:
    """Writes a clip as the cropped tree has it: some frames and the frames of one clip lack."""
    kept, where = dict(images), f"cropped/{name}"
    gaps = list(images)[1 : 1 + CROPPED_GAPS.get(str(name), 0)]
    if gaps and quirks.plant("frames missing within a clip", where):
        kept = {number: image for number, image in images.items() if number not in gaps}
    if str(name) == CROPPED_EMPTY and quirks.plant("clip folder without an image", where):
        kept = {}
    folder = root / f"s{name.subject}" / "micro" / name.emotion / str(name)
    folder.mkdir(parents=True)
    for number, image in kept.items():
        write_image(folder / f"reg_image{number:06d}.bmp", cropped(image))


def write_strays(root: Path, name: ClipName, quirks: Quirks) -> None:
    """What lies among the clips and is none: one in the wrong class, non_micro, system files."""
    clip = next(root.glob(f"*/micro/*/{name}"))
    subject = clip.parents[2]
    for file, data in ((clip / "Thumbs.db", b"\xd0\xcf"), (clip.parent / ".DS_Store", b"\x00")):
        if quirks.plant("file that is no frame", str(file.relative_to(root))):
            file.write_bytes(data)
    if quirks.plant("folder that is no clip", str(clip.parent.relative_to(root) / "New folder")):
        (clip.parent / "New folder").mkdir()
    wrong = next(emotion for emotion in CODES.values() if emotion != name.emotion)
    image = next(file for file in clip.iterdir() if file.suffix == ".bmp").read_bytes()
    copies = {
        "clip in the folder of another class": subject / "micro" / wrong / str(name),
        "clips without a micro-expression": subject / "non_micro" / str(name),
    }
    for quirk, folder in copies.items():
        if quirks.plant(quirk, str(folder.relative_to(root))):
            folder.mkdir(parents=True)
            (folder / "image000007.bmp").write_bytes(image)
