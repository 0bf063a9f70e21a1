"""Which result belongs to which row of the tables, and why a row has none."""

from collections.abc import Sequence

from launch import table_results, table_runs
from launch.table_results import Result
from launch.table_runs import BEGUN, TableRun
from launch.table_text import Filled
from mol_jax.errors import UserError
from mol_jax.paper.rows import Table
from mol_jax.text.words import shortened


def read_all(
    runs: Sequence[TableRun], tables: Sequence[Table], failed: dict[str, str]
) -> dict[tuple[str, str], Result]:
    """Returns what each run found by its name and part; adds to `failed` what is not whole."""
    found = {}
    parts = {(table_runs.name_of(r.config), r.part) for t in tables for r in t.rows if r.config}
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
        diverged = found[run.name, ""].diverged
        if diverged:
            names = shortened(list(dict.fromkeys(diverged)), between=", ")
            failed.setdefault(run.name, f"folds that diverged have no score: {names}")
    return found


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
        keys = {k: (table_runs.name_of(row.config), row.part) for k, row in enumerate(table.rows)}
        results = {k: found[key] for k, key in keys.items() if key in found}
        why = {k: f"failed: {failed[n]}" for k, (n, _) in keys.items() if n in failed}
        for k, (name, part) in keys.items():
            if k not in results and k not in why and name in begun:
                why[k] = "is begun and not finished."
            elif k not in results and (name, "") in found:
                why[k] = f"has no scored clip of {part}."
        filled.append(Filled(table, results, why, generated))
    return filled
