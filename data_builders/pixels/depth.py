"""How many of their bits the images of a dataset use: one scale to 8 bits for all of them.

A camera of 12 bits fills a file of 16 bits to a sixteenth. What is white is therefore measured,
over all clips together, so that brightness keeps its relation within a clip and between clips.
"""

import concurrent.futures
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.pixels import frames, images, sampling
from data_builders.pixels.images import Whites
from mol_jax.errors import UserError
from mol_jax.text.words import counted

BITS = (8, 10, 12, 14, 16)  # of cameras
BRIGHT = 0.99  # quantile of the pixels of an image that tells how bright it is
FEWEST = 20  # grey levels of 256 that the brightest image of a clip must have left
DARK = 64  # of these levels, with fewer of which a clip is named
STEP = 4  # every 4th pixel of every 4th row tells the quantile


@dataclasses.dataclass(frozen=True)
class Extent:
    """How far the values of one clip's images of more than 8 bits go.

    Attributes:
      clip: the clip's name.
      real: whether they are floating-point numbers.
      images: how many there are.
      largest: the largest value, and `file`, which holds it.
      bright: the largest `BRIGHT` quantile of an image.
      alike: whether each image is of a single value.
      of: how many images of any kind the clip has.
    """

    clip: str
    real: bool
    images: int
    largest: float
    file: Path
    bright: float
    alike: bool
    of: int = 1


@dataclasses.dataclass(frozen=True)
class Depth:
    """What the images of more than 8 bits hold, of integers and of floating-point numbers apart.

    Attributes:
      extents: of the clips that have such images.
      whites: what is white.
    """

    extents: tuple[Extent, ...]
    whites: Whites

    def levels(self, extent: Extent) -> float:
        """How many of 256 grey levels the brightest image of a clip reaches.

        All of them where it has no more in the file: 8 bits in a file of 16, or a single value.
        """
        white = self.whites.real if extent.real else self.whites.integer
        of_eight = not extent.real and white == 2**8 - 1
        return 255.0 if of_eight or extent.alike else 255 * extent.bright / white

    def as_metadata(self) -> list[dict[str, Any]]:
        """For each kind the images, the clips, the largest value, the white, odd clips: JSON."""
        kinds = []
        for real in (False, True):
            of_kind = [extent for extent in self.extents if extent.real == real]
            if of_kind:
                kinds.append(
                    {
                        "values": "floating-point" if real else "integer",
                        "images": sum(extent.images for extent in of_kind),
                        "clips": len(of_kind),
                        "largest": max(extent.largest for extent in of_kind),
                        "white": self.whites.real if real else self.whites.integer,
                        "dark": [one.clip for one in of_kind if self.levels(one) < DARK],
                        "mixed": [one.clip for one in of_kind if one.images < one.of],
                    }
                )
        return kinds


def sentence(kind: Mapping[str, Any]) -> str:
    """What `Depth.as_metadata` says of one kind, for a reader."""
    white = kind["white"]
    used = f"{int(white).bit_length()} bits" if white > 1 else "values up to 1"
    images_in = f"{counted(kind['images'], 'image')} in {counted(kind['clips'], 'clip')}"
    return (
        f"{images_in} of more than 8 bits ({kind['values']}): the largest value is "
        f"{kind['largest']:g}, so {used} are used and {white:g} is white in all of them"
    )


def darkness(kind: Mapping[str, Any]) -> str:
    """What is to be said of the dark clips of `Depth.as_metadata`; nothing where there are none."""
    if not kind["dark"]:
        return ""
    return (
        f"{counted(len(kind['dark']), 'clip')} far darker than white ({kind['white']:g}): if they "
        "come from a camera of fewer bits, give them their own --source and --data_dir"
    )


def mixture(kind: Mapping[str, Any]) -> str:
    """What is to be said of the mixed clips of `Depth.as_metadata`; nothing where none is."""
    if not kind["mixed"]:
        return ""
    return (
        f"{counted(len(kind['mixed']), 'clip')} of which some images have 8 bits and others more: "
        "they are read by two scales, so save all images of a clip alike"
    )


def measure(clips: Iterable[ClipAnnotation], threads: int) -> Depth:
    """Reads all images of these clips that may have more than 8 bits.

    Raises:
      UserError: for an image that cannot be read, and as `settle`.
    """
    extents: list[Extent] = []
    with images.quiet(), concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for clip in clips:
            index = frames.index_frames(clip.folder)
            numbers = sampling.clip_numbers(clip, np.array(list(index), np.int64))
            inside = [index[int(number)] for number in numbers]
            files = [file for file in inside if isinstance(file, Path)]
            seen = pool.map(_read_extent, [clip.key] * len(files), files)
            extents += merged((one for one in seen if one is not None), len(files))
    return settle(extents)


def _read_extent(clip: str, file: Path) -> Extent | None:
    return extent_of(clip, file, images.read_values(file)) if images.may_be_deep(file) else None


def extent_of(clip: str, file: Path, image: np.ndarray) -> Extent | None:
    """The extent of one image [H, W], None where it has 8 bits."""
    if image.dtype == np.uint8:
        return None
    largest = float(image.max())
    bright = float(np.quantile(image[::STEP, ::STEP], BRIGHT))
    real = image.dtype.kind == "f"
    return Extent(clip, real, 1, largest, file, bright, largest == float(image.min()))


def merged(extents: Iterable[Extent], of: int) -> list[Extent]:
    """The extents of one clip's images as none, one, or one of integers and one of reals.

    of: how many images the clip has.
    """
    seen, of_clip = list(extents), []
    for real in (False, True):
        of_kind = [one for one in seen if one.real == real]
        if of_kind:
            of_clip.append(
                dataclasses.replace(
                    max(of_kind, key=lambda one: one.largest),
                    images=len(of_kind),
                    bright=max(one.bright for one in of_kind),
                    alike=all(one.alike for one in of_kind),
                    of=of,
                )
            )
    return of_clip


def settle(extents: Sequence[Extent]) -> Depth:
    """What is white in all of these clips.

    Raises:
      UserError: if it leaves a clip so few grey levels that its motion would be lost: then the
        clips come from cameras of different depths, or one pixel is brighter than all others.
    """
    whites = [_white([one for one in extents if one.real == real]) for real in (False, True)]
    depth = Depth(tuple(extents), Whites(int(whites[0] or 65535), float(whites[1] or 1)))
    for extent in extents:
        if depth.levels(extent) < FEWEST:
            largest = max(
                (one for one in extents if one.real == extent.real), key=lambda one: one.largest
            )
            left = depth.levels(extent)
            raise UserError(
                f"the images of {extent.clip} hold values up to {extent.largest:g}, most of them "
                f"below {extent.bright:g}, but {largest.file} holds {largest.largest:g}: by one "
                f"scale for all, {left:.0f} of 256 grey levels would be left of them; convert "
                "all images to 8 bits, those of one camera by one factor, or give each camera's "
                "images their own --source and --data_dir"
            )
    return depth


def _white(extents: Sequence[Extent]) -> float:
    """The white of images of one kind: 1 where numbers are fractions, else all bits in use."""
    largest = max((extent.largest for extent in extents), default=0.0)
    if not extents:
        return 0
    file = max(extents, key=lambda extent: extent.largest).file
    if extents[0].real and largest <= 1:
        return 1
    if extents[0].real and largest < FEWEST:
        raise UserError(
            f"{file} holds floating-point values up to {largest:g}, expected 0 to 1, or 0 to 255: "
            "convert all images to 8 or 16 bits by one factor"
        )
    for bits in BITS:
        if largest < 2**bits:
            return 2**bits - 1
    raise UserError(
        f"{file} holds values up to {largest:g}, expected at most 65535: convert all images to 8 "
        "or 16 bits by one factor"
    )
