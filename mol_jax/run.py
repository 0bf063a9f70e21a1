"""The files of a finished run, read back from its workdir."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mol_jax.cells import read_text
from mol_jax.errors import UserError
from mol_jax.metrics import first_trial
from mol_jax.rows import (
    DenseRow,
    HistoryRow,
    Predictions,
    read_dense,
    read_history,
    read_predictions,
)


@dataclass(frozen=True)
class Run:
    """The files of a workdir, read. `dense` and `history` hold the first trial only."""

    config: dict[str, Any]  # config.json as it is
    metrics: dict[str, Any]  # metrics.json as it is
    predictions: Predictions
    dense: list[DenseRow]
    history: list[HistoryRow]

    @property
    def settings(self) -> dict[str, Any]:
        """The resolved config."""
        return self.config["config"]

    @property
    def dataset(self) -> dict[str, Any]:
        """What was recorded of the data."""
        return self.config["dataset"]

    def on(self, task: str) -> bool:
        """Tells whether mer, flow or landmarks was on."""
        return self.settings["tasks"][task]


def read_run(folder: Path) -> Run:
    """Reads config.json, metrics.json, predictions.csv, dense.csv and history.csv of a workdir.

    Raises UserError where one is missing or damaged.
    """
    config, metrics = _json(folder / "config.json"), _json(folder / "metrics.json")
    history = read_history(folder / "history.csv")
    first = min((row.trial for row in history), default=0)
    return Run(
        config=config,
        metrics=metrics,
        predictions=read_predictions(folder / "predictions.csv"),
        dense=first_trial(read_dense(folder / "dense.csv")),
        history=[row for row in history if row.trial == first],
    )


def _json(path: Path) -> dict[str, Any]:
    """Reads a JSON file."""
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path} is not JSON (line {error.lineno}: {error.msg}): run again with --mode=eval, "
            "which writes it from the checkpoints"
        ) from None
