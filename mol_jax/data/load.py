"""From a built dataset and a view to one table of clips: fixed shapes, one row per video."""

import dataclasses
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from data_builders.records.load import ClipSource, open_dataset
from data_builders.views.composite import Composite, parts_of
from data_builders.views.find import get_view
from data_builders.views.view import View
from mol_jax.data import apexes, inputs, kept_flows
from mol_jax.data.apex_source import ANNOTATED, counts
from mol_jax.data.clips import ClipName, ClipTable, Dataset
from mol_jax.data.expected_clips import check_list, refuse_count, refuse_empty_class
from mol_jax.data.levels import Levels
from mol_jax.data.recipe import RECIPES
from mol_jax.data.row import read_row, record_settings
from mol_jax.data.spotting import SPOTTERS
from mol_jax.errors import UserError
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE
from mol_jax.terminal import out
from mol_jax.terminal.progress import progress


def build_name(config: ConfigDict) -> str:
    """Returns the name of the builder config that `config` reads, such as t8_s144_clip."""
    return record_settings(config).config_name


@dataclasses.dataclass(frozen=True)
class _Part:
    """What a view took from one built dataset: (record, class) of each clip. built: its metadata.

    Most datasets are one part, a composite is several.
    """

    view: View
    rows: list[tuple[dict[str, Any], str]]
    built: dict[str, Any]


def load(config: ConfigDict, data_dir: Path) -> Dataset:
    """Reads the dataset built in `data_dir` through the view of a checked config.

    Of a composite every part is read, and clips are joined by the names of their classes.

    Raises UserError if a dataset has not been built, naming the command that builds it, or cannot
    be, if the view is unknown or does not fit, if a class has no clip, or if the published clips
    are not met.
    """
    view = get_view(config.data.name, config.data.view)
    reads = find(config.model.network).reads(config)
    parts = _read(config, data_dir, parts_of(view), reads)
    composite = isinstance(view, Composite)
    if not composite:
        view = parts[0].view  # settled
    rows = sorted((row for part in parts for row in part.rows), key=lambda row: _path(row[0]))
    refuse_empty_class(view, Counter(label for _, label in rows))
    for part in parts:
        if not part.built["generated"] and not config.data.allow_count_mismatch:
            refuse_count(part.view, part.rows)
    if config.data.check_csv:
        check_list(config.data.check_csv, rows)
    names = tuple(clip_name(record) for record, _ in rows)
    shown = tuple(record["shown"] for record, _ in rows)
    if inputs.ask_for_flow(reads):
        shown = kept_flows.with_flows(shown)
    made = inputs.finish([r["inputs"] for r, _ in rows], [pair.flow for pair in shown])
    annotated = config.data.apex_source == ANNOTATED
    pairs = shown if annotated else tuple(record["pair"] for record, _ in rows)
    table = _table(rows, made, view.classes, reads)
    if config.data.normalisation == "subject":
        pixels = by_subject(table, [name.person for name in names])
        table = dataclasses.replace(table, pixels=pixels)
    fingerprint = _describe(view, rows) | {
        "content_crc32": _content(table),
        "generated": any(part.built["generated"] for part in parts),
        "missed_frames": sum(int(r["missed"]) for r, _ in rows),
        "repeated_clips": sum(int(r["repeated"]) > 0 for r, _ in rows),
        "built": parts[0].built,
    }
    if "has_aus" in made:
        fingerprint["clips_with_aus"] = _coded(view, made["has_aus"])
    taken = tuple(record["taken"] for record, _ in rows)
    if apexes.are_shown(reads):
        fingerprint["apexes"] = counts(taken)
    if composite:
        fingerprint["parts"] = [_describe(p.view, p.rows) | {"built": p.built} for p in parts]
        fingerprint["built"] = {part.view.dataset: part.built for part in parts}
    numbers = np.array([record["numbers"] for record, _ in rows], np.float64)
    return Dataset(table, names, view.classes, fingerprint, numbers, pairs, taken)


def _read(
    config: ConfigDict, data_dir: Path, views: Sequence[View], reads: Collection[str]
) -> list[_Part]:
    """Opens every dataset before the first is read: one that is not built is known at once."""
    opened = [open_dataset(view.dataset, data_dir, build_name(config)) for view in views]
    parts = []
    for view, (source, metadata) in zip(views, opened, strict=True):
        settled = view.settle(metadata["emotions"])
        kept = Path(data_dir), view.dataset, build_name(config)
        taken = apexes.Apexes(config.data.apex_source, apexes.place(*kept))
        file = kept_flows.place(*kept)
        drawn = {"generated": bool(metadata["generated"])}
        labelled = ((record, settled.label(record)) for record in _each(source, taken, view))
        rows = [
            (read_row(one, config, file, taken, reads) | drawn, label)
            for one, label in labelled
            if label is not None
        ]
        parts.append(_Part(settled, rows, metadata))
    return parts


def _each(source: ClipSource, taken: apexes.Apexes, view: View) -> Iterator[dict[str, Any]]:
    """Yields the records, with a bar where an apex is looked for in each: that takes a while."""
    if taken.source not in SPOTTERS:
        yield from source
        return
    with progress(out.console(stderr=True)) as bar:
        yield from bar.track(source, len(source), description=f"apexes of {view.dataset}")


def clip_name(record: Mapping[str, Any]) -> ClipName:
    """Returns who and what a record is, which says too whether it was generated."""
    return ClipName(*(record[k] for k in ("dataset", "subject", "person", "clip", "generated")))


def _describe(view: View, rows: Sequence[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    """What config.json records of a view and the clips that it chose."""
    counts = Counter(label for _, label in rows)
    return {
        "name": view.dataset,
        "view": view.name,
        "rule": view.rule,
        "n_clips": len(rows),
        "n_subjects": len({record["person"] for record, _ in rows}),
        "classes": list(view.classes),
        "class_counts": {c: counts[c] for c in view.classes},
        "label_map_hash": view.label_map_hash,
    }


def _path(record: dict[str, Any]) -> str:
    return f"{record['dataset']}/{record['subject']}/{record['clip']}"


def _table(
    rows: list[tuple[dict[str, Any], str]],
    made: dict[str, np.ndarray],
    classes: tuple[str, ...],
    reads: Collection[str],
) -> ClipTable:
    """Returns the table of rows in the order given, of the leaves that the network reads.

    made: its inputs.
    """
    unknown = sorted(set(reads) - {*READABLE, *RECIPES})
    if unknown:
        raise UserError(
            f"the network reads {unknown[0]!r}, which is none of "
            f"{', '.join((*READABLE, *RECIPES))}."
        )
    records = [record for record, _ in rows]

    def joined(name: str) -> np.ndarray | None:
        return np.concatenate([r[name] for r in records]) if name in reads else None

    paths = [_path(record) for record in records]
    phases = [r["phases"] for r in records if "phases" in r]
    return ClipTable(
        frames=joined("frames"),
        flow=joined("flow"),
        landmarks=joined("landmarks"),
        label=np.array([classes.index(label) for _, label in rows], np.int32),
        clip_id=np.array([zlib.crc32(path.encode()) for path in paths], np.uint32),
        phases=np.array(phases, np.int32) if phases else None,
        inputs=made,
    )


def by_subject(table: ClipTable, persons: Sequence[str]) -> np.ndarray:
    """Returns (scale, shift) [N, 2] that take a person's grey levels to mean 0 and maximum 1.

    Over all frames of all samples of the person's clips: what the authors' release does to the
    file of each subject, the held-out one's too.
    """
    pixels = np.empty((len(persons), 2), np.float32)
    per_clip = table.frames.reshape(len(persons), table.samples, -1)
    shown = np.ones(len(persons), int) if table.phases is None else 1 + table.phases
    for person in set(persons):
        rows = [row for row, name in enumerate(persons) if name == person]
        levels = Levels()
        for row in rows:
            levels.add(per_clip[row, : shown[row]])
        pixels[rows] = levels.scaled()
    return pixels


def _content(table: ClipTable) -> str:
    """Returns a checksum of what the network reads, so that two runs can be told apart."""
    crc = 0
    leaves = [getattr(table, field.name) for field in dataclasses.fields(table)]
    for leaf in (*leaves, *table.inputs.values()):
        if isinstance(leaf, np.ndarray):  # others are not read, or the mapping of inputs
            crc = zlib.crc32(np.ascontiguousarray(leaf).data, crc)
    return f"{crc:08x}"


def _coded(view: View, coded: np.ndarray) -> int:
    """Returns how many clips have action units. Raises UserError where none has."""
    if not coded.any():
        raise UserError(
            f"the network reads action units, but none of the {len(coded)} clips of {view.dataset} "
            "has any in its annotation (SMIC and Aff-Wild2 have none): take a dataset that has "
            "them, another network, or model.au_weight=0."
        )
    return int(coded.sum())
