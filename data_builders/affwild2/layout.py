"""Where Aff-Wild2's label files and aligned images lie, in each of its releases."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from mol_jax.errors import UserError

TRAIN, VALIDATION = "train", "validation"
SPLITS = {"train_set": TRAIN, "training_set": TRAIN, "validation_set": VALIDATION}
TRACK = "expr"  # EXPR_Set, EXPR_Classification_Challenge, EXPR_Recognition_Challenge
IMAGES = "cropped_aligned"  # and cropped_aligned_new_50_vids
DEPTH = 4  # folders from the source to a track's: archives unpack one into another
SIDES = ("_left", "_right")
PART = re.compile(r"^(video\d+)_\d+$", re.IGNORECASE)  # video86_1, video86_2: one recording's parts


def label_folder(source: Path) -> Path:
    """The expression track's folder, which holds Train_Set and Validation_Set.

    Raises:
      UserError: if there is none, or more than one.
    """
    tracks = [folder for folder in _folders(source) if _plain(folder).startswith(TRACK)]
    found = [folder for folder in tracks if split_folders(folder)]
    if not found:
        raise UserError(
            f"{source} holds no expression labels, expected annotations/EXPR_Set/Training_Set/"
            "<video>.txt or the like of a later release: check --source"
        )
    if len(found) > 1:
        raise UserError(
            f"{source} holds expression labels twice, {found[0]} and {found[1]}: keep those of one "
            "release and move the others away"
        )
    return found[0]


def split_folders(track: Path) -> dict[str, Path]:
    """The folders of the splits with labels, by `TRAIN` and `VALIDATION`.

    Raises:
      UserError: if one split has two.
    """
    found: dict[str, Path] = {}
    for folder in subfolders(track):
        split = SPLITS.get(_plain(folder))
        if split in found:
            raise UserError(
                f"{found[split]} and {folder} are folders of one split, expected one: move the "
                "wrong one elsewhere"
            )
        if split is not None:
            inner = [f for f in subfolders(folder) if _plain(f) == _plain(folder)]
            found[split] = inner[0] if inner else folder  # an archive in a folder of its name
    return found


def label_files(folder: Path) -> list[Path]:
    """The .txt files of a split's folder by name, hidden ones left out."""
    shown = (f for f in folder.iterdir() if not f.name.startswith("."))
    return sorted(f for f in shown if f.suffix.lower() == ".txt" and f.is_file())


def video_name(file: Path) -> str:
    """The video of a label file: names may hold dots, only the suffix goes."""
    return file.stem.strip()


def source_video(video: str) -> str:
    """The recording: <video>_left and <video>_right are in one, and so probably are video86_<N>."""
    for side in SIDES:
        if video.lower().endswith(side) and len(video) > len(side):
            video = video[: -len(side)]
            break
    return PART.sub(r"\1", video)


def image_folders(source: Path) -> dict[str, Path]:
    """The folder of each video's images, by the video's name in lower case.

    Raises:
      UserError: if there are none, or two of one video.
    """
    roots = [folder for folder in _folders(source) if _plain(folder).startswith(IMAGES)]
    found: dict[str, Path] = {}
    for root in roots:
        for folder in subfolders(root):
            name = folder.name.strip().lower()
            if folder in roots or _is_empty(folder):
                continue
            if name in found:
                raise UserError(
                    f"{found[name]} and {folder} hold the images of one video, expected one "
                    "folder: move the wrong one elsewhere"
                )
            found[name] = folder
    if not found:
        raise UserError(
            f"{source} holds no aligned images, expected {IMAGES}/<video>/00001.jpg: unpack "
            f"{IMAGES} and {IMAGES}_new_50_vids beside the annotations"
        )
    return found


def subfolders(folder: Path) -> list[Path]:
    """Folders in `folder` by name, without hidden ones and the __MACOSX of a Mac's archive."""
    # scandir: a folder of images holds tens of thousands, and asking about each takes its time.
    with os.scandir(folder) as entries:
        shown = [e.name for e in entries if not e.name.startswith((".", "__")) and e.is_dir()]
    return [folder / name for name in sorted(shown)]


def _folders(source: Path, depth: int = DEPTH) -> Iterator[Path]:
    """`source` and the folders in it, but not those of images, which hold millions of files."""
    yield source
    if not depth:
        return
    crops = _plain(source).startswith("cropped")
    for folder in subfolders(source):
        if not crops or _plain(folder).startswith(IMAGES):  # an archive in a folder of its name
            yield from _folders(folder, depth - 1)


def _is_empty(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return next(entries, None) is None


def _plain(folder: Path) -> str:
    # absolute: the source may be given as '.'.
    return re.sub(r"[-\s]", "_", folder.absolute().name.strip().lower())
