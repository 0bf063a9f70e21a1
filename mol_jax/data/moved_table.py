"""The table of a loaded dataset with every clip's key frames moved, made of its records again.

Only what recipes make is other than it was: rows, labels and names are the dataset's.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from data_builders.pixels import sampling
from data_builders.records.load import open_dataset
from data_builders.views.composite import parts_of
from data_builders.views.find import get_view
from mol_jax.data import inputs, kept_flows
from mol_jax.data.clips import ClipTable, Dataset
from mol_jax.data.load import build_name
from mol_jax.data.moved import Shift, Shown, moved, shown
from mol_jax.data.recorded import RecordedClip, recorded
from mol_jax.data.svm_features import Pair
from mol_jax.errors import UserError
from mol_jax.settings.find import find


def moved_table(
    config: ConfigDict,
    data_dir: Path,
    dataset: Dataset,
    shift: Shift,
    *,
    change: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    flows_of: Callable[[Sequence[Pair]], Sequence[np.ndarray]] = kept_flows.computed,
) -> tuple[ClipTable, tuple[Shown, ...]]:
    """Returns the table with key frames moved, and which frames each row shows as onset and apex.

    config: checked, of a network that reads recipes alone. dataset: what `load.load` made of it and
    of what is built in `data_dir`. change: what else is done to each record, before; nothing
    without it. flows_of: computes the flow of pairs. Raises UserError where the data is damaged or
    another by now.
    """
    reads = find(config.model.network).reads(config)
    begun: dict[int, inputs.Begun] = {}
    frames: dict[int, Shown] = {}
    pairs: dict[int, Pair] = {}
    for row, built in _records(config, data_dir, dataset):
        record = change(built | {"apex": dataset.apexes[row].number})
        clip = recorded(record, ("frames",))
        frames[row] = shown(clip.numbers, clip.apex, shift)
        begun[row] = inputs.begin(record, reads, shift)
        if inputs.ask_for_flow(reads):
            pairs[row] = _pair(moved(clip, shift))
    rows = range(len(dataset.names))
    if begun.keys() != set(rows):
        raise UserError(
            f"the dataset in {data_dir} has changed while it was read ({len(begun)} of its "
            f"{len(rows)} clips are there): run the same command again."
        )
    flows: Sequence[np.ndarray | None] = [None for _ in rows]
    if pairs:
        flows = flows_of([pairs[row] for row in rows])
    made = inputs.finish([begun[row] for row in rows], flows)
    return dataclasses.replace(dataset.table, inputs=made), tuple(frames[row] for row in rows)


def _records(
    config: ConfigDict, data_dir: Path, dataset: Dataset
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the record of each row of a dataset, in the order in which they lie on disk."""
    names = [(name.dataset, name.subject, name.clip) for name in dataset.names]
    rows = {name: row for row, name in enumerate(names)}
    for view in parts_of(get_view(config.data.name, config.data.view)):
        source, _ = open_dataset(view.dataset, data_dir, build_name(config))
        for record in source:
            row = rows.get((record["dataset"], record["subject"], record["clip"]))
            if row is not None:  # else the view left it out
                yield row, record


def _pair(clip: RecordedClip) -> Pair:
    """Returns the frames that are shown as onset and apex, whose flow is kept nowhere."""
    at = sampling.onset_and_apex(clip.numbers, clip.apex)
    return Pair(clip.frames[at], None, Path())
