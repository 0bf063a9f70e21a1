"""A look-alike of Aff-Wild2's expression track: folders and quirks of each release, drawn faces.

Not at true scale, which is millions of frames: a few videos of made-up lengths and labels. Names
have the format of the real ones and other numbers.
"""

import dataclasses
import functools
from pathlib import Path

from data_builders.affwild2.classes import EIGHT, SEVEN
from data_builders.affwild2.cutting import Rule
from data_builders.synthetic.look_alikes.affwild2_video import (
    FIRST_ROOT,
    MOST,
    QUIRKS,
    SIDE,
    Video,
    name_of,
    plain,
    quirky,
)
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.whole import refuse_filled
from data_builders.synthetic.writing import Quirks, write_clips, write_marker
from mol_jax.errors import UserError

TRAIN = 1 + len(QUIRKS)  # videos of the training split, so that every quirk is there
VALIDATION = "Validation_Set"
TEST_VIDEO = "video890"  # of the test split, which has images and no labels


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
class Form:
    """What a look-alike is made of; the arguments of `write_tree`."""

    root: Path
    release: Release
    train: int
    validation: int
    blocks: int
    block: int
    doubled: bool

    def images(self, root: str, video: str) -> Path:
        """Where a video's images lie."""
        return self.root / (f"{root}/{root}" if self.doubled else root) / video


def write_tree(
    root: Path,
    *,
    release: str = "abaw6",
    train: int = TRAIN,
    validation: int = 3,
    blocks: int = 6,
    block: int = 40,
    doubled: bool = False,
    faces: bool = True,
    seed: int = 0,
    quirks: bool = True,
    workers: int = 1,
) -> Path:
    """Writes the look-alike; returns `root`.

    Args:
      root: a folder that does not exist yet, or is empty.
      release: of `RELEASES`.
      train: videos of the training split; all but the first of `TRAIN` have a quirk each.
      validation: videos of the validation split; the last of several has no images.
      blocks: stretches of one label in a video.
      block: about how many frames each of them has.
      doubled: the archives of images are unpacked into folders of their names.
      faces: False writes tiny blank images.
      seed: of faces, motions and the lengths of stretches.
      quirks: False for none.
      workers: processes.
    """
    refuse_filled(root)
    if release not in RELEASES:
        raise UserError(f"release is {release!r}; expected one of {', '.join(RELEASES)}.")
    form = Form(root, RELEASES[release], train, validation, blocks, block, doubled)
    _check(form)
    style, planted = Style((Rule().length,) * 2, faces, seed, SIDE), Quirks(wanted=quirks)
    videos = [[index] for index in range(train + validation)]  # a process writes one at a time
    write = functools.partial(_write_video, form, style)
    clips = [count for count in write_clips(write, videos, planted, workers=workers) if count]
    _write_strays(form, style, planted)
    _write_beside(form)
    made = {"release": release, "train": train, "validation": validation}
    made |= {"blocks": blocks, "block": block}
    write_marker(root, "affwild2", style, planted, (len(clips), sum(clips)), **made)
    return root


def _check(form: Form) -> None:
    for name in ("train", "validation", "blocks"):
        if not 1 <= getattr(form, name) <= MOST:
            raise UserError(f"{name} is {getattr(form, name)}; it must be from 1 to {MOST}.")
    if form.block < 10:
        raise UserError(f"block is {form.block}; it must be 10 or more.")


def _write_video(form: Form, style: Style, index: int, quirks: Quirks) -> int:
    """Writes the `index`th video; returns how many clips are cut out of it."""
    classes, train = form.release.classes, form.train
    sizes = {"blocks": form.blocks, "block": form.block}
    video = plain(index, len(classes), **sizes, seed=style.seed)
    if index < train:
        video = quirky(video, index, name_of(train), quirks)
    last = form.validation > 1 and index == train + form.validation - 1
    if last and quirks.plant("video without images", video.name):
        video = dataclasses.replace(video, numbers=[])
    split = form.release.train if index < train else VALIDATION
    video.write_labels(form.root / form.release.track / split, classes)
    video.write_images(form.images(video.root, video.name), classes, style)
    return video.clips(classes)


def _write_strays(form: Form, style: Style, quirks: Quirks) -> None:
    """What lies among the videos and is none: the test split's images, system files."""
    test = form.images(FIRST_ROOT, TEST_VIDEO)
    if quirks.plant("images without labels", str(test.relative_to(form.root))):
        person = form.train + form.validation
        Video(TEST_VIDEO, person, [0] * 3, [1, 2, 3]).write_images(
            test, form.release.classes, style
        )
    mac, first = form.root / "__MACOSX", name_of(0)
    strays = {
        "file that is no frame": {
            form.images(FIRST_ROOT, first) / ".DS_Store": b"\x00",
            form.root / FIRST_ROOT / "Thumbs.db": b"\xd0\xcf",
        },
        "folder __MACOSX of an archive": {
            mac / form.release.track / form.release.train / f"._{first}.txt": b"\x00\x05",
            mac / FIRST_ROOT / first / "._00001.jpg": b"\x00\x05",
        },
    }
    for quirk, files in strays.items():
        for file, data in files.items():
            if quirks.plant(quirk, str(file.relative_to(form.root))):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)


def _write_beside(form: Form) -> None:
    """What else the archives hold: the videos, and the labels of other tracks."""
    for name in ("batch1", "batch2"):
        (form.root / name).mkdir()
        (form.root / name / f"{name_of(0)}.mp4").write_bytes(b"no video")
    annotations = (form.root / form.release.track).parent
    for track in form.release.others:
        folder = annotations / track / form.release.train
        folder.mkdir(parents=True)
        (folder / f"{name_of(0)}.txt").write_text("valence,arousal\n0.1,0.2\n-5,-5\n")
    (annotations / "MTL_Challenge").mkdir()
    (annotations / "MTL_Challenge/val_set.txt").write_text("image,valence,arousal,expression\n")
