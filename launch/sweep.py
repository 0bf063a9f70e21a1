"""Trains and scores the variants of one config, the trials of a sweep, side by side.

    python -m launch.sweep --config=configs/sweeps/lr_lambda.py --workdir=runs/lr_lambda

The config file has get_config(), the base, and get_trials(), the changes that make each trial
(`mol_jax.settings.space` builds them). Fields set here, as --config.train.steps=100, change the
base.
"""

import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from absl import flags

from mol_jax.errors import UserError, leave
from mol_jax.settings.broken import one_line
from mol_jax.settings.trials import make_trials
from mol_jax.study import command
from mol_jax.study.command import Call

EXAMPLE = "configs/sweeps/lr_lambda.py"


def main(argv: list[str]) -> int:
    """Runs the sweep that the command line describes; returns the exit code (`command.main`)."""
    return command.main(argv, PROGRAM, _run)


def _define_flags(known: flags.FlagValues) -> None:
    flags.DEFINE_string(
        "engine", "local", "Where the trials are trained: local, this machine.", flag_values=known
    )
    flags.DEFINE_boolean(
        "dry_run",
        False,
        "Print the plan (programs, waves, memory, disk) and change nothing.",
        flag_values=known,
    )


PROGRAM = command.Program(
    module="launch.sweep",
    about=__doc__ or "",
    start=f"--config={EXAMPLE}",
    define_flags=_define_flags,
)


def _run(call: Call) -> int:
    _check_flags(call)
    changes = load_changes(call.path)
    trials = make_trials(call.config, changes)
    _refuse_idle_overrides(call, changes)
    if not call.flags["dry_run"].value:
        return command.run_trials(call, trials)
    command.prepare_jax(call.config)
    from mol_jax.study import experiment  # noqa: PLC0415  bad flags are answered before JAX starts
    from mol_jax.terminal import out  # noqa: PLC0415  as above

    experiment.show_plan(trials, console=out.console())
    return 0


def _check_flags(call: Call) -> None:
    engine = call.flags["engine"].value
    if engine != "local":
        raise UserError(
            f"--engine={engine} is not implemented: a sweep is trained by this machine alone; use "
            "--engine=local, or leave it out."
        )
    if call.flags["dry_run"].value and call.flags["mode"].value == "eval":
        raise UserError("--dry_run shows what --mode=train would do; leave --mode=eval out.")


def load_changes(path: Path) -> Sequence[Mapping[str, Any]]:
    """Returns what get_trials() of a sweep's config file returns, one mapping per trial.

    Raises UserError if there is no get_trials(), or if it fails or returns something else.
    """
    try:
        program = runpy.run_path(str(path))
        if "get_trials" not in program:
            raise UserError(
                f"there is no get_trials(); run it with python -m mol_jax.main, or see {EXAMPLE}."
            )
        changes = program["get_trials"]()
    except UserError as error:  # of mol_jax.settings.space as well
        raise UserError(f"{path}: {error}") from error
    except (Exception, SystemExit) as error:  # the config file is the user's own program
        ended = isinstance(error, SystemExit)
        said = "it ends the program" if ended else one_line(error)
        raise UserError(
            f"{path}: get_trials() failed ({type(error).__name__}: {said}); see {EXAMPLE}."
        ) from error
    _check_changes(path, changes)
    return changes


def _check_changes(path: Path, changes: Any) -> None:
    """Raises UserError unless `changes` is a list of dicts from text to values."""
    wanted = 'such as [{"optim.learning_rate": 1e-4}, {"optim.learning_rate": 1e-3}]'
    if not isinstance(changes, list | tuple):
        raise UserError(
            f"{path}: get_trials() returned a {type(changes).__name__}; it must return a list, "
            f"{wanted}."
        )
    for number, change in enumerate(changes):
        if not isinstance(change, Mapping):
            raise UserError(
                f"{path}: trial {number} of get_trials() is a {type(change).__name__}; the list "
                f"must hold dicts, {wanted}."
            )
        for name in change:
            if not isinstance(name, str):
                raise UserError(
                    f"{path}: trial {number} of get_trials() changes {name!r}; a field must be "
                    f"named by text, {wanted}."
                )


def _refuse_idle_overrides(call: Call, changes: Sequence[Mapping[str, Any]]) -> None:
    """Raises UserError for a field set on the command line that every trial sets again."""
    for name in call.overrides:
        if all(name in change for change in changes):
            raise UserError(
                f"--config.{name} changes nothing: every trial of {call.path} sets {name}; change "
                "get_trials() there."
            )


if __name__ == "__main__":
    leave(main(sys.argv))
