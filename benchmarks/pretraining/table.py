"""The tables: a study from each start, with what each differs from the first by."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.files.whole import read_text
from mol_jax.reporting.means import Mean
from mol_jax.scoring.comparison import compare_trials
from mol_jax.scoring.dense_csv import DenseRow, read_dense
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.predictions import read_predictions
from mol_jax.scoring.summary import dense_sums
from mol_jax.text.tables import markdown

EPE = Measure("epe", "flow", "px", "pairs")
NME = Measure("nme", "landmarks", "%", "frames")
HEADER = ("from", "UF1, %", "against it", "EPE, px", "against it", "NME, %", "against it")
NONE = "–"


def of_study(runs: Mapping[str, Path]) -> str:
    """Returns a row for each start of a study, by its name, and of what no training is needed for.

    "against it" is against the first start: intervals over people, the same in both.
    """
    return markdown(HEADER, [*_rows(runs)])


def unseen(pretrained: Mapping[str, Path]) -> str:
    """Returns the last row of each pre-training's validation.csv, on people it never saw."""
    rows = []
    for identities, place in pretrained.items():
        last = [*csv.DictReader(read_text(place / "validation.csv").splitlines())][-1]
        rows.append({"identities": identities} | last)
    return markdown(tuple(rows[0]), [[*row.values()] for row in rows])


def _rows(runs: Mapping[str, Path]) -> Iterator[tuple[str, ...]]:
    first = next(iter(runs.values()))
    metrics: dict[str, Any] = {}
    for start, run in runs.items():
        metrics = json.loads(read_text(run / "metrics.json"))
        less = None if run == first else first
        score = _score(metrics["pooled"], metrics["ci95"]), _against(metrics, run, less)
        rows = read_dense(run / "dense.csv")
        before = read_dense(less / "dense.csv") if less else None
        yield (start, *score, *_errors(rows, before, EPE), *_errors(rows, before, NME))
    floor = metrics["baselines"]
    svm = (floor or {}).get("flow_svm")
    if metrics["pooled"] and svm:
        yield _line("linear SVM on the flow", uf1=_score(svm, svm["ci95"]))
    zero, mean = ((metrics[task] or {}).get(name) for task, name in _TRIVIAL)
    yield _line(
        "majority, zero flow, mean face",
        uf1=_score(floor["majority"], None) if metrics["pooled"] else NONE,
        epe=NONE if zero is None else f"{zero:.3f}",
        nme=NONE if mean is None else f"{mean:.2f}",
    )


_TRIVIAL = (("flow", "epe_zero"), ("landmarks", "nme_mean_face"))


def _line(name: str, *, uf1: str = "", epe: str = "", nme: str = "") -> tuple[str, ...]:
    return name, uf1, "", epe, "", nme, ""


def _score(scores: Mapping[str, Any] | None, interval: Mapping[str, Any] | None) -> str:
    if not scores:
        return NONE  # nothing is classified
    text = f"{100 * scores['uf1']:.2f}"
    if interval:
        low, high = interval["uf1"]
        text += f" [{100 * low:.1f}, {100 * high:.1f}]"
    return text


def _against(metrics: Mapping[str, Any], run: Path, first: Path | None) -> str:
    if first is None or not metrics["pooled"]:
        return ""
    ours, theirs = (read_predictions(one / "predictions.csv") for one in (run, first))
    test = compare_trials(ours, theirs, str(first))
    low, high = test["ci95"]
    interval = f"[{100 * low:.1f}, {100 * high:.1f}]"
    return f"{100 * test['difference']:+.2f} {interval}, p = {test['p']:.2g}"


def _errors(
    rows: Sequence[DenseRow], before: Sequence[DenseRow] | None, measure: Measure
) -> tuple[str, str]:
    """Returns the mean of a measure, and how much more or less it is than before."""
    form = "z.3f" if measure.task == "flow" else "z.2f"
    total, count = dense_sums(rows, measure)
    if not count.size:
        return NONE, ""
    mean = f"{float((total.sum(1) / count.sum(1)).mean()):{form}}"
    if before is None:
        return mean, ""
    less = total - dense_sums(before, measure)[0]
    difference = float((less.sum(1) / count.sum(1)).mean())
    return mean, Mean(difference, mean_interval(less, count)).written(f"+{form}")
