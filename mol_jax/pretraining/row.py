"""A record as one example: what a study's table would hold of it, made by the same code."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from mol_jax.data import inputs
from mol_jax.data.apexes import Apexes
from mol_jax.data.row import read_row
from mol_jax.data.svm_features import flow_of
from mol_jax.pretraining.source import Example, clip_id

_NOWHERE = Path("nowhere")  # where a study keeps what is computed of a clip; a stream keeps nothing
_LEAVES = ("frames", "flow", "landmarks")


def example(
    record: Mapping[str, Any], config: ConfigDict, label: int, reads: Collection[str]
) -> Example:
    """Returns what a network reads of a record (`data_builders.records.record`).

    config: a checked one. reads: of the network. What recipes make of the flow from onset to apex
    has it computed anew each time, where the record itself does not hold it.
    """
    taken = Apexes(config.data.apex_source, _NOWHERE)
    seen = read_row(dict(record), config, _NOWHERE, taken, reads)
    made: dict[str, np.ndarray] = {}
    if seen["inputs"]:
        flow = flow_of(seen["shown"]) if inputs.ask_for_flow(reads) else None
        made = {name: leaf[0] for name, leaf in inputs.finish([seen["inputs"]], [flow]).items()}
    path = f"{record['dataset']}/{record['subject']}/{record['clip']}"
    return {
        **{name: np.ascontiguousarray(seen[name][0]) for name in _LEAVES if name in reads},
        "label": np.int32(label),
        "clip_id": clip_id(path),
        "inputs": made,
    }
