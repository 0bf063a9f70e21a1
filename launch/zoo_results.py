"""What the runs of the zoo found, read from their folders, and why a row has nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from launch import table_results
from launch.table_results import Result
from launch.table_runs import BEGUN
from launch.zoo_rows import Row
from mol_jax.errors import UserError
from mol_jax.text.words import shortened

NOT_RUN = "is not run yet."


@dataclass(frozen=True)
class Filled:
    """A row with what its run found. parts: by dataset, of a composite. why: it has nothing."""

    row: Row
    whole: Result | None = None
    parts: Mapping[str, Result] | None = None
    why: str = ""


def fill(rows: Sequence[Row], failed: dict[str, str]) -> list[Filled]:
    """Returns the rows with their results; adds to `failed` what is damaged or has no score."""
    return [_filled(row, failed) for row in rows]


def _filled(row: Row, failed: dict[str, str]) -> Filled:
    run = row.run
    if run is None:
        return Filled(row, why=f"failed: {row.broken}")
    if not (run.folder / "metrics.json").exists():
        begun = "is begun and not finished." if run.state == BEGUN else NOT_RUN
        why = f"failed: {failed[run.name]}" if run.name in failed else begun
        return Filled(row, why=why)
    try:
        whole = table_results.read(run.folder)
        assert whole
        parts = {name: table_results.read(run.folder, part=name) for name in _datasets(whole)}
    except UserError as error:
        failed.setdefault(run.name, str(error))
        return Filled(row, why=f"failed: {failed[run.name]}")
    if whole.diverged:
        names = shortened(list(dict.fromkeys(whole.diverged)), between=", ")
        failed.setdefault(run.name, f"folds that diverged have no score: {names}")
    why = f"failed: {failed[run.name]}" if run.name in failed else ""
    return Filled(row, whole, {name: one for name, one in parts.items() if one}, why)


def _datasets(whole: Result) -> list[str]:
    """Returns the datasets of a composite, [] of one dataset."""
    return [part["name"] for part in whole.dataset.get("parts", ())]
