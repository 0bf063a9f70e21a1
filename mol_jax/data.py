"""From a built dataset and a view to one table of clips: fixed shapes, one row per video."""

import dataclasses
import shlex
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import flax.struct
import numpy as np
from ml_collections import ConfigDict

from data_builders.build import BUILDERS
from data_builders.common.load import open_dataset
from data_builders.views import View, get_view
from mol_jax import settings
from mol_jax.errors import UserError

Leaf = Any  # a NumPy array on the host, a jax.Array on the device


@flax.struct.dataclass
class ClipTable:
    """N clips of t frames, aligned to S×S px; one clip where a caller maps over the rows.

    frames: uint8 [N, t, S, S], grey.
    flow: float16 [N, t-1, S, S, 2], (u, v) px from each frame to the next.
    landmarks: float32 [N, t, 68, 2], (x, y) px.
    label: int32 [N], index into the view's classes.
    clip_id: uint32 [N], crc32 of "dataset/subject/clip", by which a clip draws its randomness.
    """

    frames: Leaf
    flow: Leaf
    landmarks: Leaf
    label: Leaf
    clip_id: Leaf


@flax.struct.dataclass
class Batch:
    """What the network and its losses get: B clips cropped to H×W px.

    frames: [B, t, H, W] in [-1, 1]. flow: [B, t-1, H, W, 2] px. landmarks: [B, t, 68, 2] px of the
    crop. label: int32 [B].
    """

    frames: Leaf
    flow: Leaf
    landmarks: Leaf
    label: Leaf


@dataclasses.dataclass(frozen=True)
class ClipName:
    """Who and what a row of the table is. `person` is one key for one human over all datasets."""

    dataset: str
    subject: str
    person: str
    clip: str


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A table on the host, its rows' names, the classes and what to record about where it is from.

    fingerprint: the "dataset" part of config.json.
    """

    table: ClipTable
    names: tuple[ClipName, ...]
    classes: tuple[str, ...]
    fingerprint: dict[str, Any]


def build_name(config: ConfigDict) -> str:
    """Returns the name of the builder config that `config` reads, such as t8_s144_clip."""
    size = settings.aligned_size(config)
    return f"t{config.data.frames}_s{size}_{config.data.alignment}"


def check_builder(config: ConfigDict) -> None:
    """Raises UserError for a dataset that has views, but nothing yet that reads its folders."""
    if config.data.name not in BUILDERS:
        raise UserError(
            f"{config.data.name} cannot be trained on yet: there is no builder that reads its "
            "folders; python -m launch.plan shows what training on it will take."
        )


def load(config: ConfigDict, data_dir: Path) -> Dataset:
    """Reads the dataset built in `data_dir` through the view of a checked config.

    Raises UserError if it has not been built, naming the command that builds it, or cannot be, if
    the view is unknown, if a class has no clip, or if the view's published clip count is not met.
    """
    view = get_view(config.data.name, config.data.view)
    check_builder(config)
    source, metadata = open_dataset(config.data.name, data_dir, build_name(config))
    labelled = ((record, view.label(record)) for record in source)
    rows = [(_sampled(record), label) for record, label in labelled if label is not None]
    rows.sort(key=lambda row: _path(row[0]))
    counts = Counter(label for _, label in rows)
    _refuse_empty_class(view, counts)
    if not metadata["generated"] and not config.data.allow_count_mismatch:
        _refuse_count(view, len(rows))
    names = tuple(ClipName(r["dataset"], r["subject"], r["person"], r["clip"]) for r, _ in rows)
    table = _table(rows, view.classes)
    fingerprint = {
        "name": config.data.name,
        "view": view.name,
        "rule": view.rule,
        "n_clips": len(rows),
        "n_subjects": len({name.person for name in names}),
        "classes": list(view.classes),
        "class_counts": {c: counts[c] for c in view.classes},
        "label_map_hash": view.label_map_hash,
        "content_crc32": _content(table),
        "generated": metadata["generated"],
        "missed_frames": sum(int(r["missed"]) for r, _ in rows),
        "repeated_clips": sum(int(r["repeated"]) > 0 for r, _ in rows),
        "built": metadata,
    }
    return Dataset(table, names, view.classes, fingerprint)


def _sampled(record: dict[str, Any]) -> dict[str, Any]:
    """Keeps the t sampled frames of a record, which holds every frame from onset to offset."""
    at = record["sampled"]
    return record | {"frames": record["frames"][at, ..., 0], "landmarks": record["landmarks"][at]}


def _path(record: dict[str, Any]) -> str:
    return f"{record['dataset']}/{record['subject']}/{record['clip']}"


def _table(rows: list[tuple[dict[str, Any], str]], classes: tuple[str, ...]) -> ClipTable:
    records = [record for record, _ in rows]
    paths = [_path(record) for record in records]
    return ClipTable(
        frames=np.stack([r["frames"] for r in records]),
        flow=np.stack([r["flow"] for r in records]),
        landmarks=np.stack([r["landmarks"] for r in records]),
        label=np.array([classes.index(label) for _, label in rows], np.int32),
        clip_id=np.array([zlib.crc32(path.encode()) for path in paths], np.uint32),
    )


def _content(table: ClipTable) -> str:
    """Returns a checksum of what the network reads, so that two runs can be told apart."""
    crc = 0
    for leaf in (table.frames, table.flow, table.landmarks, table.label, table.clip_id):
        crc = zlib.crc32(np.ascontiguousarray(leaf).data, crc)
    return f"{crc:08x}"


def _refuse_empty_class(view: View, counts: Counter) -> None:
    empty = [c for c in view.classes if not counts[c]]
    if empty:
        raise UserError(
            f"view {view.name!r} of {view.dataset} has no clip of class {shlex.join(empty)} "
            f"({dict(counts)}); every class needs one: choose another data.view or add clips."
        )


def _refuse_count(view: View, found: int) -> None:
    if view.expected_clips not in (None, found):
        raise UserError(
            f"view {view.name!r} of {view.dataset} has {found} clips, but its rule gives "
            f"{view.expected_clips} ({view.rule}); check the dataset's folders, or pass "
            "--config.data.allow_count_mismatch=True to train on what is there."
        )
