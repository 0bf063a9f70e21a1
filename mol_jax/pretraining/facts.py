"""What is known before the first update: the facts of the first N clips, and what the stream is."""

import json
import zlib
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from mol_jax.data.clips import ClipTable
from mol_jax.pretraining.source import Source, Sources, content
from mol_jax.pretraining.stream import gathered
from mol_jax.training.batches import FoldTable, fold_table

FOLD = "pretrain"  # by which draws are addressed, as by the name of a fold


def first_clips(source: Source, count: int, workers: int) -> ClipTable:
    """Returns the first clips of a source, unshuffled: as many as are asked for, or all of them.

    Class counts, the mean face and what a network counts itself are of these, whatever the seed.
    """
    return gathered(source, min(count, len(source)), workers)


def rows_of(table: ClipTable, seed: int) -> FoldTable:
    """Returns what says that all clips of a table are trained on, with the key of all draws."""
    rows = np.arange(len(table.label))
    return fold_table(rows, size=len(rows), seed=seed, name=FOLD)


def fingerprint(config: ConfigDict, sources: Sources, first: ClipTable) -> dict[str, Any]:
    """Returns what config.json records of the clips, as of a study's dataset.

    first: the first clips, whose bytes tell a stream from one that is drawn otherwise.
    """
    train, held = sources.train, sources.held_out
    return {
        "name": config.data.name,
        "view": config.data.view,
        "rule": "as the pre-training set labels its clips",
        "n_clips": len(train),
        "n_held_out": len(held),
        "classes": list(train.classes),
        "class_counts": _counts(first, train.classes),
        "label_map_hash": checksum([dict(train.origin), dict(held.origin)]),
        "content_crc32": content(first),
        "generated": sources.generated,
        "built": {"trained on": dict(train.origin), "held out": dict(held.origin)},
    }


def checksum(content: Any) -> str:
    """Returns eight hexadecimal digits for plain values."""
    text = json.dumps(content, sort_keys=True, default=str)
    return f"{zlib.crc32(text.encode()):08x}"


def _counts(first: ClipTable, classes: tuple[str, ...]) -> dict[str, int]:
    """Returns how many of the first clips each class has."""
    counts = np.bincount(np.asarray(first.label), minlength=len(classes))
    return dict(zip(classes, map(int, counts), strict=True))
