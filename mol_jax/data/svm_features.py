"""What the SVM is given of a clip: TV-L1 flow from onset to apex, averaged over a grid of cells.

Always TV-L1 with OpenCV's defaults and nothing augmented, whatever flow and frames the network is
given, so that the floor of a dataset is one at a given size and alignment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data_builders.pixels import flow, sampling
from data_builders.records.record import RecordSettings

CELLS = 12  # the aligned size is a multiple of 72 px, so cells are whole pixels
LENGTH = CELLS * CELLS * 2


@dataclass(frozen=True)
class Pair:
    """What a clip's features are made of.

    frames: uint8 [2, S, S], aligned; the onset and the apex, or the middle frame where no apex is
    annotated (`sampling.onset_and_apex`). flow: float16 [S, S, 2] px from one to the other where
    the record has it, else None. kept: the file in which features computed of it are kept.
    """

    frames: np.ndarray
    flow: np.ndarray | None
    kept: Path


def pair_of(record: Mapping[str, Any], settings: RecordSettings, kept: Path) -> Pair:
    """Returns the onset and the apex of a record (`data_builders.records.record`)."""
    at = sampling.onset_and_apex(record["frame_numbers"], int(record["apex"]))
    frames = record["frames"][at, :, :, 0]
    own = settings.frames == 2 and settings.flow == flow.DEFAULT
    return Pair(frames, record["flow"][0] if own else None, kept)


def of_pair(pair: Pair) -> np.ndarray:
    """Returns the features of a clip, float32 [288], in px of the aligned image."""
    if pair.flow is not None:
        return of_flow(pair.flow)
    return of_flow(flow.pair_flows(pair.frames, np.arange(2))[0])


def of_flow(field: np.ndarray) -> np.ndarray:
    """Averages flow [S, S, 2] over 12×12 cells: float32 [288], ordered by row, column, u and v."""
    side = field.shape[0] // CELLS
    assert field.shape == (CELLS * side, CELLS * side, 2), "S is a multiple of 72"
    cells = field.astype(np.float64).reshape(CELLS, side, CELLS, side, 2)
    return cells.mean((1, 3)).reshape(LENGTH).astype(np.float32)
