"""Pre-trains one network on a stream of clips: its weights are what others start from.

    python -m mol_jax.pretrain --config=configs/pretrain/generated.py --workdir=runs/generated

Flags in, exit code out; `mol_jax.pretraining.run` does the work.
"""

import sys

from ml_collections import ConfigDict

from mol_jax.errors import UserError, leave
from mol_jax.settings import pretraining
from mol_jax.study import command
from mol_jax.weights.place import OF_RUN

START = "--config=configs/pretrain/generated.py"


def main(argv: list[str]) -> int:
    """Runs the pre-training that the command line describes; returns the exit code.

    As of `command.main`, but a training that diverges is bad input: 2.
    """
    return command.main(argv, PROGRAM, _run)


def _run(call: command.Call) -> int:
    command.prepare_jax(call.config)
    from mol_jax.pretraining import page, run  # noqa: PLC0415  see prepare_jax
    from mol_jax.terminal import out  # noqa: PLC0415  see prepare_jax
    from mol_jax.terminal.sentence import say  # noqa: PLC0415  see prepare_jax

    console = out.console()
    metrics = run.run(call.config, call.workdir, command=call.text, console=console)
    for line in page.console_lines(metrics):
        say(console, line)
    say(console, f"weights: {call.workdir / OF_RUN}")
    say(console, f"report: {call.workdir / 'report.md'}")
    return 0


def _refuse_study(config: ConfigDict) -> None:
    """Raises UserError for a config of mol_jax.main."""
    if pretraining.GROUP not in config:
        raise UserError(
            "this config has no config.pretrain, so it is one of python -m mol_jax.main; start "
            f"with {START}."
        )


PROGRAM = command.Program(
    module="mol_jax.pretrain",
    about=__doc__ or "",
    start=START,
    evaluates=False,
    fields=pretraining.FIELDS,
    own=_refuse_study,
    check=pretraining.check,
)

if __name__ == "__main__":
    leave(main(sys.argv))
