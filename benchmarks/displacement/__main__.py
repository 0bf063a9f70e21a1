"""Whether FRL-DGT learns on generated clips, and whether its displacement is the motion there was.

    python -m benchmarks.displacement                          # half an hour on two cores at most
    python -m benchmarks.displacement --workdir=runs/other --config.train.steps=200

Trains M9 and M3 of the paper's Table 2 by the project's own study at configs/frl_dgt/small.py, in a
workdir where the same command goes on, or reads what is finished there. Then each fold's
displacement module is shown the people that it was not trained on, and what it gives lies beside
the exact motion of the drawing and beside TV-L1. Prints Markdown: the tables of docs/frl_dgt.md.
Flags are those of mol_jax.main.
"""

import sys
from collections.abc import Sequence

from mol_jax.errors import UserError, leave
from mol_jax.settings.trials import make_trials
from mol_jax.study import command

PROGRAM = command.Program(
    module="benchmarks.displacement", about=__doc__ or "", start="no --config at all"
)
DEFAULTS = ("--config=configs/frl_dgt/small.py", "--workdir=runs/displacement")
VARIANTS = {"M9, random pairs": "pairs", "M3, labelled pair alone": "clip"}


def main(arguments: Sequence[str]) -> int:
    """The command line; returns the exit code."""
    return command.main([arguments[0], *DEFAULTS, *arguments[1:]], PROGRAM, _run)


def _run(call: command.Call) -> int:
    """Trains what is not trained yet and prints the page. Raises UserError as a study does."""
    model, data = call.config.model, call.config.data
    if (model.network, model.get("motion"), data.name) != ("frl_dgt", "dgm", "synthetic"):
        raise UserError(
            f"got {model.network} on {data.name}: expected model.network=frl_dgt with "
            "model.motion=dgm on data.name=synthetic, whose motion is known"
        )
    changes = [{"model.self_supervision": kind} for kind in VARIANTS.values()]
    trials = make_trials(call.config, changes)
    command.prepare_jax(call.config)
    from benchmarks.displacement import page  # noqa: PLC0415  see prepare_jax
    from mol_jax.study import experiment  # noqa: PLC0415  see prepare_jax
    from mol_jax.terminal import out  # noqa: PLC0415  see prepare_jax

    console = out.console()
    metrics = experiment.train(trials, call.workdir, command=call.text, console=console)
    print(page.of_study(trials, tuple(VARIANTS), call, metrics, console))
    return 1 if metrics["failed_folds"] else 0


if __name__ == "__main__":
    leave(main(sys.argv))
