"""All images of the clips, read as a build reads them, as far as that takes little time."""

import concurrent.futures
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from data_builders.diagnosis.findings import Findings
from data_builders.diagnosis.folders import OnDisk
from data_builders.pixels import depth, frames, images
from data_builders.pixels.images import FULL, Whites
from mol_jax.errors import UserError
from mol_jax.text.words import counted

SECONDS = 20.0  # after which no more images are read


@dataclasses.dataclass
class Checked:
    """What was read.

    Attributes:
      images, of: how many images were read, and how many there are; of videos none is counted.
      refused: what a build stops at, a sentence each.
      extents: of the images of more than 8 bits, see `depth`.
      whites: what is white in these.
    """

    images: int = 0
    of: int = 0
    refused: list[str] = dataclasses.field(default_factory=list)
    extents: list[depth.Extent] = dataclasses.field(default_factory=list)
    whites: Whites = FULL

    @property
    def complete(self) -> bool:
        """Whether all images were read."""
        return self.images == self.of


def read(
    found: Sequence[OnDisk],
    first: Sequence[OnDisk],
    threads: int,
    seconds: float | None = SECONDS,
) -> Checked:
    """Reads the images of all clips, those of the clips `first` before the others.

    seconds: after which no other clip is begun; None for no clips but the first.
    """
    checked = Checked(of=sum(len(_files(one)) for one in found))
    begun = time.monotonic()
    keys = {one.clip.key for one in first}
    rest = [one for one in found if one.clip.key not in keys] if seconds is not None else []
    with images.quiet(), concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for number, one in enumerate([*first, *rest]):
            late = seconds is not None and time.monotonic() - begun > seconds
            if number >= len(first) and late:
                break
            _read_clip(one, pool, checked)
    return checked


def _files(one: OnDisk) -> list[Path]:
    return [file for file in one.files.values() if isinstance(file, Path)]


def _read_clip(one: OnDisk, pool: concurrent.futures.ThreadPoolExecutor, checked: Checked) -> None:
    files = _files(one)
    seen = list(pool.map(_read_image, [one.clip.key] * len(files), files))
    checked.images += len(files)
    refused = [image.refusal for image in seen if image.refusal]
    shapes = [image.shape for image in seen if image.shape is not None]
    if shapes and not refused:
        other = next((k for k, shape in enumerate(shapes) if shape != shapes[0]), None)
        if other is not None:
            refused = [str(frames.two_sizes(files[other], shapes[other], shapes[0]))]
        elif len(files) * shapes[0][0] * shapes[0][1] > frames.MAX_CLIP:
            refused = [str(frames.too_long(files[0], len(files), shapes[0]))]
    checked.refused += refused
    extents = [image.extent for image in seen if image.extent is not None]
    checked.extents += depth.merged(extents, len(shapes))


@dataclasses.dataclass(frozen=True)
class _Image:
    shape: tuple[int, ...] | None = None
    extent: depth.Extent | None = None
    refusal: str = ""


def _read_image(clip: str, file: Path) -> _Image:
    try:
        image = images.read_values(file)
    except UserError as error:
        return _Image(refusal=str(error))
    return _Image(image.shape, depth.extent_of(clip, file, image))


def report(checked: Checked, findings: Findings) -> None:
    """How many images can be read, what a build stops at, and what those of many bits hold."""
    good = checked.images - len(checked.refused)
    if checked.complete and good:
        findings.ok(f"{counted(good, 'image')} can be read" + ", all there are" * (good > 1))
    elif good:
        findings.note(
            f"{good} of {checked.of} images were read, and can be: a build stops at a damaged one "
            "among the others; a larger --sample reads those of more clips"
        )
    if checked.refused:
        findings.bad(f"a build stops at {counted(len(checked.refused), 'image')}", checked.refused)
    try:
        found = depth.settle(checked.extents)
    except UserError as error:
        findings.bad(str(error))
        return
    checked.whites = found.whites
    for kind in found.as_metadata():
        findings.note(depth.sentence(kind))
        if kind["dark"]:
            findings.odd(depth.darkness(kind), kind["dark"])
        if kind["mixed"]:
            findings.odd(depth.mixture(kind), kind["mixed"])
