"""The clip-level score: every phase of a video scored as if it were a video of its own.

The authors' release cuts a video of n frames into n // t clips and scores each of them, so that a
long video counts more often than a short one. Here one prediction per video is the result; this is
set beside it where `predict.phases=all`, to show what the choice does. It needs how many of a
video's phases each class was the likeliest for, which is what `samples.csv` holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mol_jax.files.whole import write_table
from mol_jax.scoring import mark
from mol_jax.scoring.confusion import Counts, numbered, scores
from mol_jax.scoring.pages import cautions
from mol_jax.scoring.predictions import Prediction
from mol_jax.text import tables

NOTE = (
    "*Clip level is not comparable with one prediction per video: long videos count more often, "
    "and the intervals above do not apply.*"
)


@dataclass(frozen=True)
class Votes:
    """A video: its prediction, and for how many of its phases each class was the likeliest."""

    row: Prediction
    counts: tuple[int, ...]


def write_votes(path: Path, classes: Sequence[str], votes: Sequence[Votes]) -> None:
    """Writes samples.csv: one line per video, one column n_<class> per class."""
    header = ("dataset", "subject", "clip", "fold", "trial", "seed", "true")
    rows = [v.row for v in votes]
    lines = [
        (*(getattr(v.row, name) for name in header), *v.counts, *marked)
        for v, marked in zip(votes, mark.cells(rows), strict=True)
    ]
    counts = (f"n_{name}" for name in classes)
    write_table(path, (*header, *counts, *mark.header(rows)), lines)


def summary(votes: Sequence[Votes], classes: Sequence[str], trial: int) -> dict[str, Any] | None:
    """Returns {"n_clips", "acc", "wf1", "uf1", "uar"} of a trial, None where it has no votes.

    All folds are pooled; the figures are means over seeds, and n_clips is of one seed.
    """
    votes = [v for v in votes if v.row.trial == trial]
    if not votes:
        return None
    seeds = numbered(v.row.seed for v in votes)
    index = {name: i for i, name in enumerate(classes)}
    counts: Counts = np.zeros((len(seeds), len(classes), len(classes)), np.int64)
    for v in votes:
        counts[seeds[v.row.seed], index[v.row.true]] += np.array(v.counts)
    means = {name: float(value.mean()) for name, value in scores(counts).items()}
    return {"n_clips": int(counts.sum((1, 2)).max()), **means}


def section(metrics: Mapping[str, Any]) -> list[str]:
    """Returns the report's section, [] where nothing was scored by clips."""
    found = metrics.get("clip_level")
    if not found or not metrics["pooled"]:
        return []
    names, mark = ("acc", "wf1", "uf1", "uar"), cautions.protocol_mark(metrics)
    rows = [
        [what, str(n), *(tables.percent(scored[name]) for name in names)]
        for what, n, scored in (
            (f"one prediction per video{mark}", metrics["n_clips"], metrics["pooled"]),
            (f"clip level, as the authors' release{mark}", found["n_clips"], found),
        )
    ]
    header = ["", "scored", "Acc", "WF1", "UF1", "UAR"]
    return ["## Clip level beside video level", tables.markdown(header, rows), NOTE]
