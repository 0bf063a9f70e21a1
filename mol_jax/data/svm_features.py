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
    """Onset and apex of a clip, and the flow between them.

    frames: uint8 [2, S, S], aligned; the onset and the apex, or the middle frame where no apex is
    annotated (`sampling.onset_and_apex`). Of what recipes read, the apex of data.apex_source. flow:
    float16 [S, S, 2] px from one to the other, None where it is not computed yet. kept: the file
    where it then is (`mol_jax.data.kept_flows`).
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


def flow_of(pair: Pair) -> np.ndarray:
    """Returns the flow of a pair, float16 [S, S, 2] px: its own, or TV-L1 of its frames."""
    if pair.flow is not None:
        return pair.flow
    return flow.pair_flows(pair.frames, np.arange(2))[0]


def of_flow(field: np.ndarray) -> np.ndarray:
    """Averages flow [S, S, 2] over 12×12 cells: float32 [288], ordered by row, column, u and v."""
    side = field.shape[0] // CELLS
    assert field.shape == (CELLS * side, CELLS * side, 2), "S is a multiple of 72"
    cells = field.astype(np.float64).reshape(CELLS, side, CELLS, side, 2)
    return cells.mean((1, 3)).reshape(LENGTH).astype(np.float32)
