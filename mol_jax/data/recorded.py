"""What a built record holds of one clip, as the recipes of inputs are given it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from data_builders.annotations.action_units import action_units
from data_builders.pixels import sampling

PARTS = ("frames", "landmarks", "flow", "flows", "units")  # of a clip that a recipe may ask for
Part = Any  # a NumPy array, or a tuple of units; None where it is not asked for


@dataclass(frozen=True)
class RecordedClip:
    """One clip from onset to offset, n frames of it on disk, aligned to S×S px.

    numbers: int64 [n], ascending: the frames' numbers in their video.
    apex: the number of the frame that is shown as the apex (`mol_jax.data.apexes`), which may be
    absent on disk.
    frames: uint8 [n, S, S], grey. landmarks: float32 [n, 68, 2], (x, y) px. flow: float16
    [S, S, 2], (u, v) px from onset to apex by TV-L1 (`mol_jax.data.kept_flows`). flows: float16
    [t-1, S, S, 2], (u, v) px from each frame of the record's sample to the next, by `data.flow`.
    units: the action units that were coded, as numbers (`data_builders.annotations.action_units`).
    """

    numbers: np.ndarray
    apex: int
    frames: Part = None
    landmarks: Part = None
    flow: Part = None
    flows: Part = None
    units: Part = None


def recorded(record: Mapping[str, Any], parts: Collection[str]) -> RecordedClip:
    """Returns the clip of a record (`data_builders.records.record`) with these parts and no other.

    Its apex is the record's, the middle frame where that has none (`sampling.apex_number`). The
    flow from onset to apex is not known yet, and None.
    """
    numbers = record["frame_numbers"]
    return RecordedClip(
        numbers,
        sampling.apex_number(numbers, int(record["apex"])),
        frames=record["frames"][..., 0] if "frames" in parts else None,
        landmarks=record["landmarks"] if "landmarks" in parts else None,
        flows=record["flow"] if "flows" in parts else None,
        units=action_units(record["action_units"]) if "units" in parts else None,
    )
