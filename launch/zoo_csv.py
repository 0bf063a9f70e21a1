"""The zoo as a table for programs: zoo.csv, a line for each network and view."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from launch.table_results import Result
from launch.zoo_results import Filled

SCORES = ("uf1", "uar", "acc")
HEADER = (
    "network", "dataset", "view",
    *(f"{score}{of}" for score in SCORES for of in ("", "_low", "_high", "_sd")),
    *(f"{of}_{score}" for of in ("leaky", "svm", "majority") for score in SCORES),
    "parameters", "clips", "subjects", "seeds", "steps", "batch_size", "seconds", "generated",
    "unscored_folds", "config", "predictions", "note",
)  # fmt: skip


def table(filled: Sequence[Filled]) -> str:
    """Returns the lines of all rows, those without a run too. Scores are fractions."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for one in filled:
        line = _line(one)
        writer.writerow(["" if line[name] is None else line[name] for name in HEADER])
    return buffer.getvalue()


def _line(one: Filled) -> dict[str, Any]:
    row = one.row
    known = dict.fromkeys(HEADER) | {
        "network": row.network,
        "dataset": row.dataset,
        "view": row.view,
        "config": f"{row.config}.py",
        "note": one.why,
    }
    return known | (_found(one, one.whole) if one.whole else {})


def _found(one: Filled, whole: Result) -> dict[str, Any]:
    row, run = one.row, one.row.run
    assert run  # else there is no result
    train = run.call.config.train
    found: dict[str, Any] = {
        "parameters": whole.parameters,
        "clips": whole.clips,
        "subjects": whole.subjects,
        "seeds": whole.seeds,
        "steps": None if "steps" in row.without else train.steps,
        "batch_size": None if "steps" in row.without else train.batch_size,
        "seconds": whole.seconds,
        "generated": int(whole.dataset["generated"]),
        "unscored_folds": len(whole.unscored),
        "predictions": run.folder / "predictions.csv",
        "note": " ".join([*(leak.replace("**", "") for leak in whole.leaks), one.why]).strip(),
    }
    for score in SCORES:
        found |= _of_score(whole, score)
    return found


def _of_score(whole: Result, score: str) -> dict[str, str]:
    """Returns the cells of a score: ours, the leaky step's, the SVM's, the majority's."""
    figure = whole.figures.get(score)
    low, high = (figure.interval if figure else None) or (None, None)
    numbers = {
        score: figure.value if figure else None,
        f"{score}_low": low,
        f"{score}_high": high,
        f"{score}_sd": figure.sd if figure else None,
        f"leaky_{score}": whole.leaky.get(score),
        f"svm_{score}": figure.baseline if figure else None,
        f"majority_{score}": whole.majority.get(score),
    }
    return {name: f"{0.01 * number:.6g}" for name, number in numbers.items() if number is not None}
