"""What a network may read of a clip beside its frames, flow and landmarks: made once, at load."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from data_builders.pixels import interpolation
from mol_jax.data import (
    action_units,
    apex_image,
    dynamic_image,
    flow_image,
    flow_sequence,
    key_frames,
    node_patches,
    region_mosaic,
)
from mol_jax.data.landmarks import mirrored
from mol_jax.data.recorded import PARTS, RecordedClip
from mol_jax.settings.kind import SEQUENCES, SIDES

INTERPOLATED = 10  # frames that TIM makes of a clip


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How an input is made of one clip and of no other, and how it is mirrored.

    of: the parts of a `RecordedClip` that it takes, of `recorded.PARTS`; no other is there.
    shape: of one clip's input, of the side S in px of the aligned image. make: takes the clip, and
    returns an array of that shape and of `dtype`. mirror: takes the input and S, returns that of
    the clip mirrored left to right, on the device. apex: whether another apex of the clip may make
    another input; what takes the flow is of the apex anyhow.
    """

    of: tuple[str, ...]
    shape: Callable[[int], tuple[int, ...]]
    make: Callable[[RecordedClip], np.ndarray]
    mirror: Callable[[jax.Array, int], jax.Array]
    dtype: Any = np.float32
    apex: bool = False

    def __post_init__(self):
        assert set(self.of) <= set(PARTS), self.of

    @property
    def shows_apex(self) -> bool:
        """Whether the input depends on which frame is the apex."""
        return self.apex or "flow" in self.of

    def blank(self, clips: int, side: int) -> np.ndarray:
        """Returns the inputs of so many clips as zeros, [clips, *shape(side)]."""
        return np.zeros((clips, *self.shape(side)), self.dtype)


def _of_side(side: int) -> Recipe:
    return Recipe(
        ("flow",),
        lambda _: (side, side, 3),
        functools.partial(flow_image.make, side=side),
        lambda image, _: flow_image.mirror(image),
    )


def _of_frames(frames: int) -> Recipe:
    return Recipe(
        ("flows",),
        lambda _: (frames - 1, flow_sequence.SIDE, flow_sequence.SIDE, 3),
        functools.partial(flow_sequence.make, frames=frames),
        lambda images, _: flow_image.mirror(images),
    )


def _flipped(image: jax.Array, _: int) -> jax.Array:
    """Mirrors a picture whose columns are its last axis."""
    return image[..., ::-1]


def _same(leaf: jax.Array, _: int) -> jax.Array:
    """Returns what a mirror does not change."""
    return leaf


def _small(make: Callable[..., np.ndarray], side: int, *, apex: bool = False) -> Recipe:
    return Recipe(
        ("frames",),
        lambda _: (side, side),
        functools.partial(make, side=side),
        _flipped,
        apex=apex,
    )


def _interpolated(clip: RecordedClip) -> np.ndarray:
    return interpolation.interpolate(clip.frames, clip.numbers, INTERPOLATED)


# By the names that `Kind.reads` has, and `ClipTable.inputs` and `Batch.inputs`.
RECIPES = {
    # (u, v, strain) from onset to apex, px and px per px, shrunk
    **{f"flow_image_{side}": _of_side(side) for side in SIDES},
    # grey: onset, apex ± 2 frames, ten from onset to offset
    "key_frames": Recipe(
        ("frames",),
        lambda side: (key_frames.SLOTS, side, side),
        key_frames.make,
        _flipped,
        dtype=np.uint8,
        apex=True,
    ),
    # grey: ten even points in time from onset to offset, interpolated from all frames
    "tim_frames": Recipe(
        ("frames",),
        lambda side: (INTERPOLATED, side, side),
        _interpolated,
        _flipped,
        dtype=np.uint8,
    ),
    # (x, y) px of the aligned image
    "onset_landmarks": Recipe(
        ("landmarks",), lambda _: (68, 2), lambda clip: clip.landmarks[0].copy(), mirrored
    ),
    # (u, v) px
    "flow_onset_apex": Recipe(
        ("flow",),
        lambda side: (side, side, 2),
        lambda clip: clip.flow.astype(np.float32),
        lambda flow, _: flow[:, ::-1] * jnp.array([[[-1, 1]]], flow.dtype),
    ),
    # grey in [-1, 1], shrunk
    **{f"apex_image_{side}": _small(apex_image.make, side, apex=True) for side in SIDES},
    **{f"dynamic_image_{side}": _small(dynamic_image.make_small, side) for side in SIDES},
    # in [-1, 1]
    "dynamic_image": Recipe(("frames",), lambda side: (side, side), dynamic_image.make, _flipped),
    # (u, v, strain) from each frame of the record's sample to the next, shrunk, px · (t-1)
    **{name: _of_frames(frames) for frames, name in SEQUENCES.items()},
    # (u, v, strain) from onset to apex about both eyes and both corners of the mouth, shrunk
    "region_mosaic": Recipe(
        ("flow", "landmarks"),
        lambda _: (region_mosaic.SIDE, region_mosaic.SIDE, 3),
        region_mosaic.make,
        lambda image, _: flow_image.mirror(image),
    ),
    # (u, v, strain) about landmarks of brows and mouth, px and px per px
    "node_patches": Recipe(
        ("flow", "landmarks"), lambda _: node_patches.SHAPE, node_patches.make, node_patches.mirror
    ),
    # which of nine action units were coded, and whether any unit was: of no side
    "aus": Recipe(
        ("units",), lambda _: (len(action_units.UNITS),), action_units.codes, _same, dtype=bool
    ),
    "has_aus": Recipe(("units",), lambda _: (), action_units.coded, _same, dtype=bool),
}
