"""What the finished runs of tables found, read back from the files of their workdirs."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files.whole import read_text
from mol_jax.protocol import audit
from mol_jax.scoring import measure
from mol_jax.scoring.confusion import SCORES
from mol_jax.scoring.dense_csv import DenseRow, read_dense
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.summary import dense_sums
from mol_jax.scoring.svm import reached


@dataclasses.dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval over subjects, its sd over seeds and what it is held against.

    Percent, px for the flow error. None where there is none: one subject has no interval, one seed
    no sd.
    """

    value: float
    interval: tuple[float, float] | None = None
    sd: float | None = None
    baseline: float | None = None


@dataclasses.dataclass(frozen=True)
class Result:
    """What one run found.

    figures: by metric; one whose task is off, or that was not scored, is not there. unscored: its
    folds without a score, the diverged ones and those that are not trained yet. dataset, settings:
    what config.json has of them. leaks: what its audit says must stand beside a score.
    majority, leaky: the scores in percent of the most frequent class, and of the step that is best
    on the tested people themselves; {} where they are not known. parameters: of its network.
    """

    figures: Mapping[str, Figure]
    clips: int
    subjects: int
    seeds: int
    unscored: Sequence[str]
    diverged: Sequence[str]
    dataset: Mapping[str, Any]
    settings: Mapping[str, Any]
    seconds: float | None
    leaks: Sequence[str] = ()
    majority: Mapping[str, float] = dataclasses.field(default_factory=dict)
    leaky: Mapping[str, float] = dataclasses.field(default_factory=dict)
    parameters: int | None = None


def read(folder: Path, *, part: str = "") -> Result | None:
    """Returns what a workdir found; part: of one dataset of a composite, None if it is not there.

    Raises UserError where config.json, metrics.json or dense.csv is missing or damaged.
    """
    config, metrics = (_json(folder / name) for name in ("config.json", "metrics.json"))
    measures = measure.read(folder / "config.json", config)
    dense = read_dense(folder / "dense.csv", measures) if measures else []
    try:
        return _result(config, metrics, _dense(metrics, measures, dense), part)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"{folder}: metrics.json or config.json is not what a run writes "
            f"({type(error).__name__}: {error}); {_AGAIN}."
        ) from error


_AGAIN = "delete metrics.json, and the same command writes it again from the checkpoints"


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(read_text(path))
    except ValueError as error:
        raise UserError(f"{path} is not JSON ({error}); {_AGAIN}.") from error


def _result(
    config: Mapping[str, Any],
    metrics: Mapping[str, Any],
    dense: dict[str, Figure],
    part: str,
) -> Result | None:
    scored = metrics
    if part:
        parts = metrics["per_dataset"] or {}
        if part not in parts:
            return None
        scored = parts[part]
    runtime = metrics["runtime"] or {}
    diverged = [str(one["fold"]) for one in metrics["failed_folds"]]
    return Result(
        figures=_recognition(scored, metrics["per_trial"], whole=not part)
        | ({} if part else dense),
        clips=int(scored["n_clips"]),
        subjects=int(scored["n_subjects"]),
        seeds=len(config["config"]["seeds"]),
        unscored=[*diverged, *(str(one["fold"]) for one in metrics["missing_folds"])],
        diverged=diverged,
        dataset=config["dataset"],
        settings=config["config"],
        seconds=float(runtime["seconds"]) if "seconds" in runtime else None,
        leaks=_leaks(metrics.get("audit")),
        **({} if part else _beside(metrics)),
    )


def _beside(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a whole run has beside its scores: majority, leaky step, parameters."""
    baselines, oracle = metrics["baselines"], metrics.get("leaky_oracle")
    return {
        "majority": _percents(baselines["majority"]) if baselines else {},
        "leaky": _percents(oracle[0]["leaky"]) if oracle else {},
        "parameters": (metrics["runtime"] or {}).get("parameters"),
    }


def _percents(scores: Mapping[str, float]) -> dict[str, float]:
    return {name: 100 * scores[name] for name in SCORES}


def _leaks(found: Mapping[str, Any] | None) -> list[str]:
    """Returns the audit's bad findings; a run from before there was an audit has none."""
    return audit.leaks(found) if found else []


def _recognition(
    scored: Mapping[str, Any], per_trial: Sequence[Mapping[str, Any]], *, whole: bool
) -> dict[str, Figure]:
    """Returns the scores beside those of the SVM on the same clips, in percent."""
    if scored["pooled"] is None:
        return {}
    svm = (scored["baselines"] if whole else scored)[reached.KEY]
    found = {}
    for name in SCORES:
        sd = per_trial[0]["sd"][name] if whole else None
        found[name] = Figure(
            100 * scored["pooled"][name],
            percent(scored["ci95"][name]),
            None if sd is None else 100 * sd,
            100 * svm[name] if svm else None,
        )
    return found


def _dense(
    metrics: Mapping[str, Any], measures: Sequence[Measure], rows: Sequence[DenseRow]
) -> dict[str, Figure]:
    """Returns each measure by its name in metrics.json, beside its reference: zero flow's."""
    entries = {one.name: one.entry for one in measures}
    references = {one.reference for one in measures}
    found = {}
    for one in measures:
        means = None if one.name in references else metrics[one.task]
        if means is not None and means[one.entry] is not None:
            interval = _bounds(rows, one)
            baseline = means[entries[one.reference]] if one.reference else None
            found[one.entry] = Figure(means[one.entry], interval, baseline=baseline)
    return found


def _bounds(rows: Sequence[DenseRow], measure: Measure) -> tuple[float, float] | None:
    """Returns the interval of a measure's mean over persons; of a share in percent."""
    bounds = mean_interval(*dense_sums(rows, measure))
    if bounds is None or measure.share:
        return percent(bounds)
    return bounds[0], bounds[1]


def percent(bounds: Sequence[float] | None) -> tuple[float, float] | None:
    """Returns the bounds of an interval of a fraction in percent."""
    return None if bounds is None else (100 * bounds[0], 100 * bounds[1])
