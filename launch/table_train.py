"""Trains the runs of tables that are not finished, one after another, past those that fail."""

from collections.abc import Sequence
from pathlib import Path

from launch import table_data, table_results, table_runs
from launch.table_runs import FINISHED, TableRun
from mol_jax.errors import UserError


def train_all(runs: Sequence[TableRun], *, small: bool, data: Path) -> dict[str, str]:
    """Trains what is not finished; returns why the runs that failed did, by their names.

    small: whether generated clips are drawn and built below `data` first.
    """
    todo = [run for run in runs if not _done(run)]
    if small:
        table_data.ensure_generated([run.call.config for run in todo], data)
    failed = {}
    for number, run in enumerate(todo, start=1):
        print(f"run {number} of {len(todo)}: {run.name}", flush=True)
        why = table_data.unbuilt(run.call.config) or table_runs.train(run)
        if why:
            failed[run.name] = why
    return failed


def _done(run: TableRun) -> bool:
    """Tells whether a run is finished and its files are whole; else they are written again.

    One that read another folder is looked at again: training refuses it where its clips are others.
    """
    if run.state != FINISHED:
        return False
    try:
        result = table_results.read(run.folder)
    except UserError:
        return False
    return result is not None and result.settings["data"]["dir"] == str(run.call.config.data.dir)
