"""The files of a finished run, read back from its workdir."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files.whole import read_text
from mol_jax.scoring import mark, measure
from mol_jax.scoring.dense_csv import DenseRow, read_dense
from mol_jax.scoring.history_csv import HistoryRow, read_history
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.predictions import Prediction, Predictions, read_predictions
from mol_jax.scoring.summary import of_trial
from mol_jax.text import tables


@dataclass(frozen=True)
class Run:
    """The files of a workdir, read. What a report shows at length is one trial, the first."""

    config: dict[str, Any]  # config.json as it is
    measures: tuple[Measure, ...]  # what its networks are measured by beside the classes
    metrics: dict[str, Any]  # metrics.json as it is
    all_predictions: Predictions
    predictions: Predictions  # of the first trial, as are the next two
    dense: list[DenseRow]
    history: list[HistoryRow]

    @property
    def trial(self) -> int:
        """The number of the first trial."""
        return self.config["trials"][0]["trial"]

    @property
    def label(self) -> str:
        """What the figures at the top are of: this run, or one trial of several."""
        return "this run" if len(self.trials) == 1 else f"trial {self.trial}"

    @property
    def trials(self) -> dict[int, str]:
        """What sets each trial apart, in words, by its number."""
        return {one["trial"]: tables.assignments(one["values"]) for one in self.config["trials"]}

    @property
    def settings(self) -> dict[str, Any]:
        """The resolved config of the first trial."""
        return self.config["config"]

    @property
    def dataset(self) -> dict[str, Any]:
        """What was recorded of the data."""
        return self.config["dataset"]

    @property
    def people(self) -> bool:
        """Whether there are people in its clips: of a composite some parts may be generated."""
        rows: list[Prediction | DenseRow] = [*self.predictions.rows, *self.dense]
        return not all(row.generated for row in rows) if rows else not self.dataset["generated"]

    @property
    def fitted(self) -> bool:
        """Whether its folds were fitted at once, without steps, as an SVM is."""
        return bool((self.metrics.get("audit") or {}).get("fitted"))

    def measure(self, name: str) -> Measure:
        """Returns the measure of this name. Raises StopIteration where there is none."""
        return next(one for one in self.measures if one.name == name)

    def has(self, *names: str) -> bool:
        """Tells whether its networks have all of these measures: their columns are in dense.csv."""
        return {*names} <= {one.name for one in self.measures}

    def unscored(self) -> list[dict[str, Any]]:
        """Returns the replicas of the first trial without a prediction: diverged or not trained."""
        folds = (*self.metrics["failed_folds"], *self.metrics["missing_folds"])
        return [fold for fold in folds if fold["trial"] == self.trial]

    def on(self, task: str) -> bool:
        """Tells whether mer, flow or landmarks was on in the first trial."""
        return self.settings["tasks"][task]


def read_run(folder: Path) -> Run:
    """Reads config.json, metrics.json, predictions.csv, dense.csv and history.csv of a workdir.

    There is no dense.csv where its networks have no measures.

    Raises UserError where one is missing or damaged, or of an earlier version.
    """
    config, metrics = _json(folder / "config.json"), _json(folder / "metrics.json")
    if not is_config(config):
        raise UserError(
            f"{folder / 'config.json'} is no run's config.json (expected config, dataset, sessions "
            "and trials): name the --workdir of a finished run, or train it again"
        )
    if "pretrain" in config["config"]:
        raise UserError(
            f"{folder} is a pre-training, which has no folds to report on: its own command, "
            "python -m mol_jax.pretrain, writes its report.md"
        )
    config.setdefault("trials", _ONE_TRIAL)
    if "floor" not in metrics:
        raise UserError(
            f"{folder / 'metrics.json'} is of an earlier version (it lacks what a linear SVM "
            "reaches on the same clips), whose networks this one cannot read: train the run again "
            "in another --workdir"
        )
    _check_kinds(folder / "config.json", config, _IN_CONFIG)
    _check_kinds(folder / "metrics.json", metrics, _IN_METRICS)
    if metrics["pooled"] is not None:
        _check_kinds(folder / "metrics.json", metrics, _OF_SCORES)
    measures = measure.read(folder / "config.json", config)
    tasks = dict.fromkeys((one.task for one in measures), (dict, _NOTHING))
    _check_kinds(folder / "metrics.json", metrics, tasks)
    predictions = read_predictions(folder / "predictions.csv")
    dense = read_dense(folder / "dense.csv", measures) if measures else []
    history = read_history(folder / "history.csv")
    first = config["trials"][0]["trial"]
    _mark(metrics, of_trial(predictions.rows, first) or of_trial(dense, first))
    return Run(
        config=config,
        measures=measures,
        metrics=metrics,
        all_predictions=predictions,
        predictions=Predictions(predictions.classes, tuple(of_trial(predictions.rows, first))),
        dense=of_trial(dense, first),
        history=of_trial(history, first),
    )


def _mark(metrics: dict[str, Any], rows: Sequence[Prediction | DenseRow]) -> None:
    """Adds to metrics.json what an earlier version did not count: generated clips."""
    for name, part in (metrics.get("per_dataset") or {}).items():
        part.update(mark.counted(row for row in rows if row.dataset == name))
    metrics.update(mark.counted(rows))


def is_config(content: Any) -> bool:
    """Tells whether the content of a JSON file is that of a run's config.json."""
    if not isinstance(content, dict):
        return False
    trials = content.get("trials", _ONE_TRIAL)
    return (
        all(isinstance(content.get(key), dict) for key in ("config", "dataset"))
        and all(_filled(part) for part in (content.get("sessions"), trials))
        and all({"trial", "values"} <= one.keys() for one in trials)
    )


_ONE_TRIAL = [{"trial": 0, "values": {}}]  # of a run from before there were any


def _filled(part: Any) -> bool:
    """Tells whether a value of a JSON file is a list of objects, and not empty."""
    return isinstance(part, list) and bool(part) and all(isinstance(one, dict) for one in part)


_NOTHING = type(None)  # of a task that is off
_IN_CONFIG = {"versions": dict, "command": str}
_IN_METRICS = {
    **dict.fromkeys(("n_clips", "n_subjects"), int),
    **dict.fromkeys(("classes", "per_trial", "failed_folds", "missing_folds"), list),
    **dict.fromkeys(("pooled", "per_dataset", "clip_level"), (dict, _NOTHING)),
    **dict.fromkeys(("flow", "landmarks", "runtime"), (dict, _NOTHING)),
    "audit": dict,
}
_OF_SCORES = dict.fromkeys(("ci95", "baselines", "floor", "per_dataset"), dict)


def _check_kinds(path: Path, content: Mapping[str, Any], kinds: Mapping[str, Any]) -> None:
    """Raises UserError where a value is of a kind that no run writes, as a list for a number."""
    there = kinds.keys() & content.keys()
    odd = sorted(key for key in there if not isinstance(content[key], kinds[key]))
    if odd:
        raise UserError(
            f"{path} has {ascii(content[odd[0]])[:40]} as {odd[0]!r}, which no run writes: it is "
            "damaged; run the command that trained it again, which writes it from the checkpoints"
        )


class _Recorded(dict[str, Any]):
    """An object of a JSON file; to ask for a key that it lacks is the file's fault."""

    def __init__(self, path: Path, content: Mapping[str, Any]):
        super().__init__(content)
        self._path = path

    def __missing__(self, key: str) -> Any:
        raise UserError(
            f"{self._path} lacks {key!r}: it is damaged or of another version; run the command "
            "that trained it again, or train in another --workdir"
        )


def _json(path: Path) -> dict[str, Any]:
    """Reads a JSON file, which must hold an object."""
    try:
        content = json.loads(read_text(path), object_hook=lambda read: _Recorded(path, read))
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path} is not JSON (line {error.lineno}: {error.msg}): run the command that trained "
            "it again (mol_jax.main or launch.sweep), which writes it from the checkpoints"
        ) from None
    if not isinstance(content, dict):
        raise UserError(
            f"{path} is no run's {path.name} (it holds no JSON object): name the --workdir of a "
            "finished run, or train it again"
        )
    return content
