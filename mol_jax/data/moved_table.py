"""The table of a loaded dataset with every clip shown otherwise, made of its built records again.

Only what the network looks at is other than it was: frames, flow and landmarks of its sample, taken
as the builder takes them, and what recipes make. Rows, labels and names are the dataset's, and so
is what the network is only taught.
"""

import dataclasses
import itertools
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from ml_collections import ConfigDict

from data_builders.disk.processes import default_workers
from data_builders.pixels import sampling
from data_builders.records.load import open_dataset
from data_builders.views.composite import parts_of
from data_builders.views.find import get_view
from mol_jax.data import apexes, inputs
from mol_jax.data.apex_source import ANNOTATED
from mol_jax.data.clips import ClipTable, Dataset
from mol_jax.data.disturbed import Disturbance, disturbed, flows
from mol_jax.data.load import build_name, by_subject
from mol_jax.data.moved import Shift, Shown, moved, shown_of
from mol_jax.data.recorded import recorded
from mol_jax.data.resampled import resampled
from mol_jax.data.row import record_settings, sampled
from mol_jax.data.seen import leaves, sequences
from mol_jax.data.svm_features import Pair
from mol_jax.errors import UserError
from mol_jax.settings.find import find


class _Clip(NamedTuple):
    """What one clip comes to.

    shown: its onset and apex. sample: of `row.sampled`; {} where no leaf is looked at. begun: of
    `inputs.begin`. pair: the frames that are shown as onset and apex, None where their flow is not
    read.
    """

    shown: Shown
    sample: dict[str, Any]
    begun: inputs.Begun
    pair: Pair | None


def moved_table(
    config: ConfigDict, data_dir: Path, dataset: Dataset, how: Disturbance
) -> tuple[ClipTable, tuple[Shown, ...]]:
    """Returns the table of disturbed clips, and which frames each row shows as onset and apex.

    config: checked. dataset: what `load.load` made of it and of what is built in `data_dir`. Raises
    UserError where the data is damaged or another by now, or two frames are the apex.
    """
    _refuse_two_apexes(config)
    clips: dict[int, _Clip] = {}
    records = _records(config, data_dir, dataset, how.source)
    with ThreadPoolExecutor(default_workers()) as threads:  # flow takes longest, without the lock
        while some := list(itertools.islice(records, default_workers())):
            made = threads.map(lambda built: _clip(built, how, config), [one for _, one in some])
            clips |= zip((row for row, _ in some), made, strict=True)
    ordered = [clips[row] for row in _every(clips, data_dir, dataset)]
    return _table(config, dataset, ordered, how), tuple(clip.shown for clip in ordered)


def _refuse_two_apexes(config: ConfigDict) -> None:
    """Raises UserError where the sample has the annotated apex and recipes have another."""
    source = config.data.apex_source
    if source != ANNOTATED and config.data.frames == 2 and leaves(config):
        raise UserError(
            f"the network {config.model.network!r} reads two frames, onset and annotated apex, and "
            f"beside them what is made of the apex by data.apex_source={source}, so which of both "
            f"is to be disturbed is not known: take a run with data.apex_source={ANNOTATED}."
        )


def shown_frames(
    config: ConfigDict, data_dir: Path, dataset: Dataset, shift: Shift
) -> tuple[Shown, ...]:
    """Returns which frames each row shows as onset and apex, without making anything of them."""
    shown = {
        row: shown_of(record, shift) for row, record in _records(config, data_dir, dataset, "")
    }
    return tuple(shown[row] for row in _every(shown, data_dir, dataset))


def _every(known: Collection[int], data_dir: Path, dataset: Dataset) -> range:
    """Returns the rows of a dataset. Raises UserError unless all are known."""
    rows = range(len(dataset.names))
    if set(known) != set(rows):
        raise UserError(
            f"the dataset in {data_dir} has changed while it was read ({len(known)} of its "
            f"{len(rows)} clips are there): run the same command again."
        )
    return rows


def _records(
    config: ConfigDict, data_dir: Path, dataset: Dataset, source: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the record of each row, in the order in which they lie on disk, with its apex.

    source: from where that is; "" for where the dataset has it.
    """
    names = [(name.dataset, name.subject, name.clip) for name in dataset.names]
    rows = {name: row for row, name in enumerate(names)}
    for view in parts_of(get_view(config.data.name, config.data.view)):
        build = build_name(config)
        taken = apexes.Apexes(source, apexes.place(data_dir, view.dataset, build))
        records, _ = open_dataset(view.dataset, data_dir, build)
        for record in records:
            row = rows.get((record["dataset"], record["subject"], record["clip"]))
            if row is not None:  # else the view left it out
                apex = taken.of(record) if source else dataset.apexes[row]
                yield row, record | {"apex": apex.number}


def _clip(built: dict[str, Any], how: Disturbance, config: ConfigDict) -> _Clip:
    """Returns what a record comes to that is disturbed, with its onset and its apex as shown."""
    reads, looks_at = find(config.model.network).reads(config), leaves(config)
    record = disturbed(built, how)
    shown = shown_of(record, how.shift)
    between = bool(sequences(config)) or "flow" in looks_at
    record = resampled(
        moved(record, how.shift), record_settings(config), flow=between, method=how.flow
    )
    pair = None
    if inputs.ask_for_flow(reads):
        clip = recorded(record, ("frames",))
        at = sampling.onset_and_apex(clip.numbers, clip.apex)
        pair = Pair(clip.frames[at], None, Path())  # whose flow is kept nowhere
    sample = sampled(record, config) if looks_at else {}
    return _Clip(shown, sample, inputs.begin(record, reads), pair)


def _table(
    config: ConfigDict, dataset: Dataset, clips: Sequence[_Clip], how: Disturbance
) -> ClipTable:
    """Returns the dataset's table with what its clips come to, in the order of its rows."""
    found: Sequence[np.ndarray | None] = [None for _ in clips]
    pairs = [clip.pair for clip in clips if clip.pair is not None]
    if pairs:
        found = flows(pairs, how.flow)
    made = inputs.finish([clip.begun for clip in clips], found)
    changed: dict[str, Any] = {
        name: np.concatenate([clip.sample[name] for clip in clips]) for name in leaves(config)
    }
    if changed and dataset.table.phases is not None:
        changed["phases"] = np.array([clip.sample["phases"] for clip in clips], np.int32)
    table = dataclasses.replace(dataset.table, inputs=made, **changed)
    if table.pixels is None or "frames" not in changed:
        return table
    persons = [name.person for name in dataset.names]
    return dataclasses.replace(table, pixels=by_subject(table, persons))
