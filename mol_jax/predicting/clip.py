"""A stretch of one face as the record that a builder would make of it, and where its pixels lie."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from data_builders.annotations.annotation import NO_APEX
from data_builders.pixels.aligned import align
from data_builders.pixels.alignment import map_points
from data_builders.pixels.flow import DEFAULT
from data_builders.records.record import RecordSettings, sample, sample_flow
from mol_jax.data import inputs
from mol_jax.data.row import record_settings
from mol_jax.predicting.apex import apex_of
from mol_jax.settings.kind import SEQUENCES


@dataclasses.dataclass(frozen=True)
class Clip:
    """A record (`data_builders.records.record`) and its transforms from the px it was made of.

    matrices: float64 [n, 2, 3], from held px to px of the aligned image.
    """

    record: dict[str, Any]
    matrices: np.ndarray


def settings_of(config: ConfigDict) -> RecordSettings:
    """Returns how the records of a run are built, of their samples the even one alone."""
    return dataclasses.replace(record_settings(config), phases=0)


def clip_of(
    images: Sequence[np.ndarray],
    landmarks: np.ndarray,
    numbers: np.ndarray,
    config: ConfigDict,
    needs: Sequence[str],
    *,
    face: int = 0,
    apex: int = NO_APEX,
) -> Clip:
    """Returns the clip of n frames, made by the builders' own code.

    images: n grey uint8 [h, w]. landmarks: float32 [n, 68, 2], px of them. numbers: int64 [n],
    ascending. needs: the leaves and recipes that are made of it (`Model.needs`); flow that none of
    them takes is not computed. face: its number, which tells persons apart. apex: the number of a
    frame, where it is known.
    """
    settings = settings_of(config)
    shown = align(
        images,
        landmarks,
        how=settings.alignment,
        size=settings.size,
        magnify=settings.magnify,
    )
    apex = apex_of(shown.frames, shown.landmarks, numbers, config, known=apex)
    taken = sample(numbers, apex, settings)
    flow = {}
    if _is_flow_read(needs, settings):
        flow = sample_flow(shown.frames, numbers, taken, settings)
    record = {
        "dataset": "recording",
        "subject": f"face{face}",
        "person": f"recording/face{face}",
        "clip": f"{numbers[0]}-{numbers[-1]}",
        "emotion": "",
        "action_units": "",
        "onset": int(numbers[0]),
        "apex": apex,
        "offset": int(numbers[-1]),
        "frames": shown.frames[..., None],
        "frame_numbers": numbers,
        "landmarks": shown.landmarks,
        **taken,
        **flow,
    }
    return Clip(record, shown.matrices)


def _is_flow_read(needs: Sequence[str], settings: RecordSettings) -> bool:
    """Tells whether the flow between the frames of the sample is looked at: it takes longest."""
    is_pair = settings.frames == 2 and settings.flow == DEFAULT  # from onset to apex, by TV-L1
    between = {"flow", *SEQUENCES.values()} & {*needs}
    return bool(between) or (is_pair and inputs.ask_for_flow(needs))


def corner(config: ConfigDict) -> int:
    """Returns where the centre crop begins in the aligned image, px along both axes."""
    return (record_settings(config).size - config.data.crop) // 2


def cropped(matrix: np.ndarray, config: ConfigDict) -> np.ndarray:
    """Returns a transform [2, 3] to px of the aligned image as one to px of its centre crop."""
    moved = matrix.copy()
    moved[:, 2] -= corner(config)
    return moved


def after(matrix: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Returns the transform [2, 3] that does `first` and then `matrix`."""
    return np.column_stack([matrix[:, :2] @ first[:, :2], map_points(matrix, first[:, 2])])


def undone(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Returns where points [..., 2] come from that a transform [2, 3] has moved."""
    return (points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
