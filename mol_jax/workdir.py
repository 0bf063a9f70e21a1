"""The folder that a run leaves behind, and whether it may be written to."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from mol_jax import metrics, rows, settings
from mol_jax.errors import UserError
from mol_jax.rows import DenseRow, HistoryRow, Prediction
from mol_jax.writers import git_commit, versions, write_json

# Fields that change how a run is computed but not what: another value may go on in a workdir.
FREE = ("data.dir", "predict.batch_size", "runtime.cache_dir", "train.save_every")


@dataclasses.dataclass
class Results:
    """The rows of a study; `failed` names the replicas that diverged and have none."""

    predictions: list[Prediction] = dataclasses.field(default_factory=list)
    dense: list[DenseRow] = dataclasses.field(default_factory=list)
    failed: list[dict[str, Any]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Workdir:
    """The files of one run, in `folder`."""

    folder: Path

    @property
    def events(self) -> Path:
        """Returns the folder of the TensorBoard event files."""
        return self.folder / "tensorboard"

    def history(self) -> list[HistoryRow]:
        """Returns the rows of history.csv, none if it is not there yet."""
        path = self.folder / "history.csv"
        return rows.read_history(path) if path.exists() else []

    def write_history(self, history: Sequence[HistoryRow]) -> None:
        """Writes history.csv."""
        rows.write_history(self.folder / "history.csv", history)

    def runtime(self) -> dict[str, Any] | None:
        """Returns what metrics.json says of the training run, None if it has not finished."""
        path = self.folder / "metrics.json"
        return _read_json(path)["runtime"] if path.exists() else None

    def write_results(
        self,
        results: Results,
        *,
        classes: tuple[str, ...],
        protocol: str,
        runtime: dict[str, Any] | None,
    ) -> dict[str, Any]:
        """Writes predictions.csv, dense.csv and metrics.json; returns the metrics.

        The metrics are computed from the tables as they were written and read back, so that they
        are what anybody else gets from the same files.
        """
        rows.write_predictions(self.folder / "predictions.csv", classes, results.predictions)
        rows.write_dense(self.folder / "dense.csv", results.dense)
        summary = metrics.summary(
            rows.read_predictions(self.folder / "predictions.csv"),
            rows.read_dense(self.folder / "dense.csv"),
            protocol=protocol,
            failed_folds=results.failed,
            runtime=runtime,
        )
        write_json(self.folder / "metrics.json", summary)
        return summary


def claim(
    folder: Path, config: ConfigDict, fingerprint: dict[str, Any], *, command: str
) -> Workdir:
    """Writes config.json into a new workdir, or checks that an old one is of the same run.

    Raises UserError if it holds a run of another config or of other data, or files of something
    else.
    """
    path = folder / "config.json"
    wanted = _plain(settings.flatten(config))
    if path.exists():
        held = _read_json(path)
        _refuse_other_config(folder, _flat(held["config"]), wanted)
        _refuse_other_data(folder, held["dataset"], fingerprint)
        return Workdir(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            f"{folder} is not empty and holds no run (no config.json); choose another --workdir."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"cannot make the folder {folder} ({error.strerror}); choose another --workdir."
        ) from error
    write_json(
        path,
        {
            "config": _plain(config.to_dict()),
            "versions": versions(),
            "git_commit": git_commit(),
            "dataset": fingerprint,
            "command": command,
        },
    )
    return Workdir(folder)


def _refuse_other_config(folder: Path, held: dict[str, Any], wanted: dict[str, Any]) -> None:
    names = sorted((held.keys() | wanted.keys()) - set(FREE))
    different = [name for name in names if held.get(name) != wanted.get(name)]
    if different:
        name = different[0]
        more = f" and {len(different) - 1} more fields differ" if different[1:] else ""
        raise UserError(
            f"{folder} holds a run with {name} = {held.get(name)!r}, not {wanted.get(name)!r}"
            f"{more}; choose another --workdir, or delete this one to start again."
        )


def _refuse_other_data(folder: Path, held: dict[str, Any], found: dict[str, Any]) -> None:
    keys = ("name", "view", "n_clips", "label_map_hash", "content_crc32")
    different = [key for key in keys if held[key] != found[key]]
    if different:
        key = different[0]
        raise UserError(
            f"{folder} holds a run on other data ({key} was {held[key]!r} and is now "
            f"{found[key]!r}); build the dataset as it was, or choose another --workdir."
        )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path} cannot be read ({error}); choose another --workdir, or delete this one to "
            "start again."
        ) from error


def _plain(tree: Any) -> Any:
    """Returns `tree` as JSON gives it back: tuples become lists."""
    return json.loads(json.dumps(tree))


def _flat(tree: dict[str, Any]) -> dict[str, Any]:
    return settings.flatten(ConfigDict(tree))
