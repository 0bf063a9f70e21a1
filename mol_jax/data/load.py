"""From a built dataset and a view to one table of clips: fixed shapes, one row per video."""

import dataclasses
import os
import shlex
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from data_builders import megc2019
from data_builders.pixels.interpolation import interpolate, interpolate_points
from data_builders.records.load import ClipSource, open_dataset
from data_builders.records.record import RecordSettings
from data_builders.views.composite import Composite, parts_of
from data_builders.views.find import get_view
from data_builders.views.published import EXACT, KNOWN, differences
from data_builders.views.view import View
from mol_jax import settings
from mol_jax.data import apexes, inputs, kept_flows
from mol_jax.data.apex_source import ANNOTATED, counts
from mol_jax.data.clips import ClipName, ClipTable, Dataset
from mol_jax.data.recipe import RECIPES
from mol_jax.data.spotting import SPOTTERS
from mol_jax.data.svm_features import pair_of
from mol_jax.errors import UserError
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE
from mol_jax.terminal import out
from mol_jax.terminal.progress import progress
from mol_jax.text.words import shortened

SHOWN_DIFFERENCES = 8  # between a dataset and what is published of it, in an error


def build_name(config: ConfigDict) -> str:
    """Returns the name of the builder config that `config` reads, such as t8_s144_clip."""
    return _settings(config).config_name


def _settings(config: ConfigDict) -> RecordSettings:
    size, data = settings.aligned_size(config), config.data
    named = ("frames", "alignment", "flow", "sampling", "phases", "magnify")
    return RecordSettings(size=size, **{name: data[name] for name in named})


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
    apexes.refuse_unshown(config.data.apex_source, reads)
    parts = _read(config, data_dir, parts_of(view), reads)
    composite = isinstance(view, Composite)
    if not composite:
        view = parts[0].view  # settled
    rows = sorted((row for part in parts for row in part.rows), key=lambda row: _path(row[0]))
    _refuse_empty_class(view, Counter(label for _, label in rows))
    for part in parts:
        if not part.built["generated"] and not config.data.allow_count_mismatch:
            _refuse_count(part)
    if config.data.check_csv:
        _check_list(config.data.check_csv, rows)
    names = tuple(_name(record) for record, _ in rows)
    shown = tuple(record["shown"] for record, _ in rows)
    if inputs.ask_for_flow(reads):
        shown = kept_flows.with_flows(shown)
    made = inputs.finish([r["inputs"] for r, _ in rows], [pair.flow for pair in shown])
    annotated = config.data.apex_source == ANNOTATED
    pairs = shown if annotated else tuple(record["pair"] for record, _ in rows)
    table = _table(rows, made, view.classes, reads)
    if config.data.normalisation == "subject":
        pixels = _by_subject(table, [name.person for name in names])
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
            (_read_row(one, config, file, taken, reads) | drawn, label)
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


def _name(record: dict[str, Any]) -> ClipName:
    return ClipName(*(record[k] for k in ("dataset", "subject", "person", "clip", "generated")))


def _read_row(
    record: dict[str, Any],
    config: ConfigDict,
    file: Path,
    taken: apexes.Apexes,
    reads: Collection[str],
) -> dict[str, Any]:
    """Returns what the network sees of a record, and as "pair" what the SVM does.

    As "shown" the onset and the apex that recipes have, which is "taken": of another than the
    annotated one a record has no flow.
    """
    unread, settled = {*READABLE} - {*reads}, _settings(config)
    apex, pair = taken.of(record), pair_of(record, settled, file)
    other = record | {"apex": apex.number}
    if taken.source != ANNOTATED:
        shown = dataclasses.replace(pair_of(other, settled, file), flow=None)
    seen = _sampled(record, config) | {
        "pair": pair,
        "shown": pair if taken.source == ANNOTATED else shown,
        "taken": apex,
        "inputs": inputs.begin(other, reads),
    }
    return {name: value for name, value in seen.items() if name not in unread}


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


def _check_list(file: str, rows: Sequence[tuple[dict[str, Any], str]]) -> None:
    """Raises UserError where the clips are not those of the organisers' list."""
    clips = [(r["dataset"], r["subject"], r["clip"]) for r, _ in rows]
    path = Path(os.path.expanduser(file))  # Path's raises over an unknown ~name
    megc2019.check_file(path, clips, [label for _, label in rows])


def _sampled(record: dict[str, Any], config: ConfigDict) -> dict[str, Any]:
    """Keeps what the network sees of a record, which holds every frame from onset to offset.

    frames and landmarks become [P, t, ...], flow [P, t-1, ...]: the even sample and its phases,
    repeated where the record has fewer than data.phases. numbers [t] are the even sample's.
    """
    frames, landmarks, flow = record["frames"][..., 0], record["landmarks"], record["flow"][None]
    if config.data.sampling == "tim":
        numbers, t = record["frame_numbers"], config.data.frames
        images, points = interpolate(frames, numbers, t), interpolate_points(landmarks, numbers, t)
        numbers = np.linspace(numbers[0], numbers[-1], t)
        made = {"frames": images[None], "landmarks": points[None], "flow": flow}
        return record | made | {"numbers": numbers}
    at = record["sampled"][None]
    record = record | {"numbers": record["frame_numbers"][record["sampled"]]}
    if config.data.phases:
        distinct = len(record["phase_sampled"])
        order = np.arange(config.data.phases)
        order = 1 + order % distinct if distinct else 0 * order  # then the even one stands in
        at = np.concatenate([at, record["phase_sampled"]])[[0, *order]]
        flow = np.concatenate([flow, record["phase_flow"]])[[0, *order]]
        record = record | {"phases": distinct}
    return record | {"frames": frames[at], "landmarks": landmarks[at], "flow": flow}


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


def _by_subject(table: ClipTable, persons: Sequence[str]) -> np.ndarray:
    """Returns (scale, shift) [N, 2] that take a person's grey levels to mean 0 and maximum 1.

    Over all frames of all samples of the person's clips: what the authors' release does to the
    file of each subject, the held-out one's too.
    """
    pixels = np.empty((len(persons), 2), np.float32)
    per_clip = table.frames.reshape(len(persons), table.samples, -1)
    shown = np.ones(len(persons), int) if table.phases is None else 1 + table.phases
    for person in set(persons):
        rows = [row for row, name in enumerate(persons) if name == person]
        clips = np.concatenate([per_clip[row, : shown[row]] for row in rows])
        mean, most = clips.mean(dtype=np.float64), float(clips.max())
        scale = 1 / max(most - mean, 1.0)  # of frames that are all of one grey, nothing is left
        pixels[rows] = scale, -mean * scale
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


def _refuse_empty_class(view: View, counts: Counter) -> None:
    empty = [c for c in view.classes if not counts[c]]
    if empty:
        raise UserError(
            f"view {view.name!r} of {view.dataset} has no clip of class {shlex.join(empty)} "
            f"({dict(counts)}); every class needs one: choose another data.view or add clips."
        )


def _refuse_count(part: _Part) -> None:
    """Raises UserError where the clips are not those published, by subject and class if known."""
    view, key = part.view, (part.view.dataset, part.view.name)
    found = Counter((record["subject"], label) for record, label in part.rows)
    differ = differences(KNOWN[key], found) if key in KNOWN else []
    if view.expected_clips in (None, len(part.rows)) and not (key in EXACT and differ):
        return
    shown = shortened(differ, shown=SHOWN_DIFFERENCES, between=", ")
    wrong = f"{len(part.rows)} clips, but its rule gives {view.expected_clips} ({view.rule})"
    if view.expected_clips == len(part.rows):
        wrong = f"its {len(part.rows)} clips, but not of the published subjects"
    raise UserError(
        f"view {view.name!r} of {view.dataset} has {wrong}{': ' if shown else ''}"
        f"{shown}; check the "
        "dataset's folders, or pass --config.data.allow_count_mismatch=True to train on what is "
        "there."
    )
