"""The runs behind the rows of tables: which there are, what is done of each, and training the rest.

A run is named after its config file and lies in a folder of that name, an ordinary workdir. Rows of
the same config are one run.
"""

import dataclasses
import json
import shlex
import subprocess
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax import main, settings
from mol_jax.errors import INTERRUPTED, TERMINATED, UserError
from mol_jax.paper.rows import Table
from mol_jax.settings import command_line, trials
from mol_jax.study import claim, command
from mol_jax.study.command import Call

ROOT = Path(__file__).parents[1]
FINISHED, BEGUN, MISSING = "finished", "goes on", "to be trained"


@dataclasses.dataclass(frozen=True)
class TableRun:
    """One run: its name, its checked command line and how much of it is done."""

    name: str
    call: Call
    state: str

    @property
    def folder(self) -> Path:
        """Returns its workdir."""
        return self.call.workdir


def name_of(config: str) -> str:
    """Returns the name of a config's run: no_flow of ablations/no_flow."""
    return config.rpartition("/")[2]


def configs_of(tables: Iterable[Table]) -> list[str]:
    """Returns the config of every run that the tables need, each once, in their order."""
    rows = [row for table in tables for row in table.rows]
    return list(dict.fromkeys(row.config for row in rows if row.config))


def plan(
    configs: Sequence[str],
    folder: Path,
    arguments: Sequence[str],
    *,
    small: Mapping[str, Any] | None = None,
) -> list[TableRun]:
    """Returns the runs of `configs` in `folder`.

    arguments: fields to set in every run, as "--config.train.steps=100"; the last one counts.
    small: values of fields, set before and in every run alike, also where the rows differ in them.
    Raises UserError for a field or a value that is wrong, or a workdir that holds another run.
    """
    small = small or {}
    arguments = (*settings_of(small), *arguments)
    refuse_the_rows_own(configs, arguments, but=small)
    return [planned(config, folder / name_of(config), arguments) for config in configs]


def planned(config: str, workdir: Path, arguments: Sequence[str], *, name: str = "") -> TableRun:
    """Returns the run of a config, called `name` if that is given.

    Raises UserError for a field or a value that is wrong, or a workdir that holds another run.
    """
    checked = call(config, workdir, arguments)
    claim.check(checked.workdir, trials.plain(checked.config), new=True)
    return TableRun(name or name_of(config), checked, _state(checked))


def settings_of(values: Mapping[str, Any]) -> list[str]:
    """Returns the arguments that set fields, of {"train.steps": 100} --config.train.steps=100."""
    return [f"--config.{name}={value}" for name, value in values.items()]


def call(config: str, workdir: Path, arguments: Sequence[str]) -> Call:
    """Returns the command line of mol_jax.main that trains a config, checked."""
    path = ROOT / "configs" / f"{config}.py"
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    argv = ["mol_jax.main", f"--config={path}", f"--workdir={workdir}", *arguments]
    return command.parse(argv, main.PROGRAM)


def refuse_the_rows_own(
    configs: Sequence[str], arguments: Sequence[str], but: Container[str]
) -> None:
    """Raises UserError for a field that is to be set everywhere and in which the rows differ."""
    if not arguments:
        return
    overrides = command_line.overrides(arguments)
    own = [settings.flatten(call(config, Path("runs"), ()).config) for config in configs]
    for name in overrides:
        if name not in but and len({repr(fields.get(name)) for fields in own}) > 1:
            raise UserError(
                f"--config.{name} cannot be set for all rows, which differ in it; leave it out, or "
                "run one config by itself with python -m mol_jax.main."
            )


def _state(call: Call) -> str:
    """Tells how much of a run is done; without a whole metrics.json it goes on and writes one."""
    if not (call.workdir / "config.json").exists():
        return MISSING
    only = call.config.protocol.only
    try:
        missing = json.loads((call.workdir / "metrics.json").read_text())["missing_folds"]
        return BEGUN if any(not only or one["fold"] in only for one in missing) else FINISHED
    except (OSError, ValueError, KeyError, TypeError):
        return BEGUN


def train(run: TableRun) -> str | None:
    """Trains what a run lacks; returns why that failed, None if it did not.

    In a process of its own: the device's memory is given back, and a crash takes no other run
    along. What it prints passes through. Raises KeyboardInterrupt if it was stopped.
    """
    argv = [sys.executable, *shlex.split(run.call.text)[1:]]
    process = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, errors="replace")
    said = ""
    try:
        assert process.stderr
        for line in process.stderr:
            print(line, end="", file=sys.stderr, flush=True)
            said = line.strip() or said
        code = process.wait()
    except BaseException:  # Ctrl-C, or a signal: what is saved by now is what the next one finds
        process.terminate()
        process.wait()
        raise
    if code in (INTERRUPTED, TERMINATED):
        raise KeyboardInterrupt
    if code == 0:
        return None
    return said.removeprefix("error: ") or f"it ended with exit code {code}"
