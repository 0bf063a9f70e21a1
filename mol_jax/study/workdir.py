"""The files of the folder that a run leaves behind."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mol_jax.files.whole import write_json
from mol_jax.scoring import clip_level, dense_csv, history_csv, measure, predictions
from mol_jax.scoring import summary as figures
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.history_csv import HistoryRow
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.svm import reached
from mol_jax.scoring.svm.reached import Floor

if TYPE_CHECKING:
    from mol_jax.study.results import (  # with them comes JAX, which launch.tables starts itself
        Results,
    )


@dataclasses.dataclass
class Runtime:
    """Wall-clock seconds over all sessions of a study.

    seconds: of everything. train_seconds: of updates, compiling included. timed_steps,
    timed_seconds: of the updates whose program was compiled before.
    """

    seconds: float = 0.0
    train_seconds: float = 0.0
    timed_steps: int = 0
    timed_seconds: float = 0.0


@dataclasses.dataclass(frozen=True)
class Workdir:
    """The files of one run, in `folder`. measures: those of its networks, for dense.csv."""

    folder: Path
    measures: Sequence[Measure]

    @property
    def events(self) -> Path:
        """Returns the folder of the TensorBoard event files."""
        return self.folder / "tensorboard"

    def history(self) -> list[HistoryRow]:
        """Returns the rows of history.csv, none if it is not there yet."""
        path = self.folder / "history.csv"
        return history_csv.read_history(path) if path.exists() else []

    def write_history(self, history: Sequence[HistoryRow]) -> None:
        """Writes history.csv."""
        history_csv.write_history(self.folder / "history.csv", history)

    def runtime(self) -> Runtime:
        """Returns what was measured so far; nothing, if runtime.json is missing or damaged."""
        try:
            return Runtime(**json.loads((self.folder / "runtime.json").read_text()))
        except (OSError, ValueError, TypeError):
            return Runtime()

    def write_runtime(self, runtime: Runtime) -> None:
        """Writes runtime.json."""
        write_json(self.folder / "runtime.json", dataclasses.asdict(runtime))

    def write_results(
        self,
        results: "Results",
        *,
        classes: tuple[str, ...],
        protocol: str,
        runtime: dict[str, Any] | None,
        floor: Floor,
        more: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Writes predictions.csv, flow_svm.csv, dense.csv and metrics.json; returns the metrics.

        There is no dense.csv where the networks have no measures.

        floor: what the SVM says of the clips. more: what metrics.json holds beside
        `scoring.summary`.
        The metrics are computed from the tables as they were written and read back, so that they
        are what anybody else gets from the same files.
        """
        predictions.write_predictions(self.folder / "predictions.csv", classes, results.predictions)
        floor = reached.write(self.folder, classes, floor)
        dense = self._write_dense(results.dense)
        if results.votes:
            clip_level.write_votes(self.folder / "samples.csv", classes, results.votes)
        summary = figures.summary(
            predictions.read_predictions(self.folder / "predictions.csv"),
            dense,
            measures=self.measures,
            protocol=protocol,
            failed_folds=results.failed,
            missing_folds=results.missing,
            runtime=runtime,
            floor=floor,
        )
        first = summary["per_trial"][0]["trial"] if summary["per_trial"] else 0
        summary |= {"clip_level": clip_level.summary(results.votes, classes, first), **more}
        write_json(self.folder / "metrics.json", summary)
        return summary

    def _write_dense(self, dense: Sequence[DenseRow]) -> list[DenseRow]:
        """Writes dense.csv and returns its rows as they are read back; none without measures."""
        if not self.measures:
            return []
        path = self.folder / "dense.csv"
        dense_csv.write_dense(path, measure.columns(self.measures), dense)
        return dense_csv.read_dense(path, self.measures)
