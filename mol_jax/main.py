"""Runs one study: `python -m mol_jax.main --config=configs/synthetic.py --workdir=runs/synthetic`.

Flags in, exit code out; `mol_jax.study.experiment` does the work. Of a sweep's config file it runs
the base config alone; `launch.sweep` runs its trials.
"""

import sys

from mol_jax.errors import leave
from mol_jax.settings import trials
from mol_jax.study import command

PROGRAM = command.Program(
    module="mol_jax.main", about=__doc__ or "", start="--config=configs/synthetic.py"
)


def main(argv: list[str]) -> int:
    """Runs the study that the command line describes; returns the exit code (`command.main`)."""
    return command.main(
        argv, PROGRAM, lambda call: command.run_trials(call, trials.plain(call.config))
    )


if __name__ == "__main__":
    leave(main(sys.argv))
