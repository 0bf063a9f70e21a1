"""Records of a recording as rows of a clip table, made as `data.load` makes those of a dataset."""

import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from data_builders.disk.processes import default_workers
from mol_jax.data import inputs
from mol_jax.data.clips import ClipTable
from mol_jax.data.row import sampled
from mol_jax.data.svm_features import Pair, flow_of, pair_of
from mol_jax.predicting.clip import settings_of
from mol_jax.settings.kind import READABLE


def table_of(
    records: Sequence[dict[str, Any]], config: ConfigDict, needs: Sequence[str]
) -> ClipTable:
    """Returns the table of records (`predicting.clip`), a row each, of what is needed.

    needs: leaves of the table and recipes; what is not named is None, or not there. Labels are 0:
    nobody knows them.
    """
    even = config.copy_and_resolve_references()
    even.data.phases = 0
    shown = [sampled(record, even) for record in records]

    def joined(name: str) -> np.ndarray | None:
        return np.concatenate([row[name] for row in shown]) if name in needs else None

    names = [f"{r['dataset']}/{r['subject']}/{r['clip']}" for r in records]
    frames, flow, landmarks = (joined(name) for name in READABLE)
    return ClipTable(
        frames=frames,
        flow=flow,
        landmarks=landmarks,
        label=np.zeros(len(records), np.int32),
        clip_id=np.array([zlib.crc32(name.encode()) for name in names], np.uint32),
        inputs=_inputs(records, config, needs),
    )


def _inputs(
    records: Sequence[dict[str, Any]], config: ConfigDict, needs: Sequence[str]
) -> dict[str, np.ndarray]:
    begun = [inputs.begin(record, needs) for record in records]
    flows: list[np.ndarray | None] = [None] * len(records)
    if inputs.ask_for_flow(needs):
        flows[:] = _flows([pair_of(record, settings_of(config), Path()) for record in records])
    return inputs.finish(begun, flows)


def _flows(pairs: Sequence[Pair]) -> list[np.ndarray]:
    with ThreadPoolExecutor(default_workers()) as threads:  # OpenCV lets go of Python's lock
        return list(threads.map(flow_of, pairs))
