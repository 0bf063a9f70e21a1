"""Which result belongs to which row of the tables, and why a row has none."""

from collections.abc import Mapping, Sequence

from launch import table_moved, table_results, table_runs
from launch.table_results import Result
from launch.table_runs import BEGUN, TableRun
from launch.table_text import Filled
from mol_jax.errors import UserError
from mol_jax.paper.rows import Row, Table
from mol_jax.text.words import shortened


def read_all(
    runs: Sequence[TableRun], tables: Sequence[Table], failed: dict[str, str]
) -> dict[tuple[str, str], Result]:
    """Returns what each run found by its name and part; adds to `failed` what is not whole.

    Where a row has its key frames moved, its part says so too.
    """
    found: dict[tuple[str, str], Result] = {}
    rows = [row for table in tables for row in table.rows if row.config]
    parts = {(table_runs.name_of(row.config), row.part) for row in rows}
    for run in runs:
        if not (run.folder / "metrics.json").exists():
            continue
        try:
            for name, part in {(run.name, ""), *parts}:
                result = table_results.read(run.folder, part=part) if name == run.name else None
                if result is not None:
                    found[name, part] = result
        except UserError as error:
            failed.setdefault(run.name, str(error))
            continue
        try:
            _add_moved(run, rows, found)
        except UserError as error:
            failed.setdefault(_moved_of(run.name), str(error))
        diverged = found[run.name, ""].diverged
        if diverged:
            names = shortened(list(dict.fromkeys(diverged)), between=", ")
            failed.setdefault(run.name, f"folds that diverged have no score: {names}")
    return found


def _add_moved(run: TableRun, rows: Sequence[Row], found: dict[tuple[str, str], Result]) -> None:
    """Adds what a run found with its key frames moved."""
    for row in rows:
        result = found.get((run.name, row.part))
        if row.moved and result and table_runs.name_of(row.config) == run.name:
            moved = table_moved.read(run.folder, result, row.part, row.moved)
            if moved:
                found[run.name, _part(row)] = moved


def _moved_of(run: str) -> str:
    """Returns the name under which the moved key frames of a run fail, by themselves."""
    return f"{run}, moved"


def _part(row: Row) -> str:
    """Returns the part of a composite that a row is of, and how its key frames are moved."""
    return f"{row.part}, moved {row.moved[0]:g} {row.moved[1]:g}" if row.moved else row.part


def fill(
    tables: Sequence[Table],
    found: dict[tuple[str, str], Result],
    failed: dict[str, str],
    runs: Sequence[TableRun],
) -> list[Filled]:
    """Returns the tables with what was found for their rows, and why there is nothing."""
    generated = any(result.dataset["generated"] for result in found.values())
    begun = {run.name for run in runs if run.state == BEGUN}
    filled = []
    for table in tables:
        keys = {k: (table_runs.name_of(row.config), _part(row)) for k, row in enumerate(table.rows)}
        results = {k: found[key] for k, key in keys.items() if key in found}
        why = {k: f"failed: {failed[n]}" for k, (n, _) in keys.items() if n in failed}
        for k, (name, _) in keys.items():
            if table.rows[k].moved and _moved_of(name) in failed:
                why[k] = f"failed: {failed[_moved_of(name)]}"
        for k, (name, part) in keys.items():
            if k not in results and k not in why and name in begun:
                why[k] = "is begun and not finished."
            elif k not in results and (name, "") in found and not table.rows[k].moved:
                why[k] = f"has no scored clip of {part}."
        more = _commands(table, results, runs)
        filled.append(Filled(table, results, why, generated, more))
    return filled


def _commands(
    table: Table, results: Mapping[int, Result], runs: Sequence[TableRun]
) -> tuple[str, ...]:
    """Says how the rows are made that a finished run does not make by itself."""
    absent = {
        table_runs.name_of(row.config)
        for k, row in enumerate(table.rows)
        if row.moved and k not in results
    }
    return tuple(
        f"Not run, and made of {run.name} once it is finished: `{table_moved.command(run.folder)}`."
        for run in runs
        if run.name in absent
    )
