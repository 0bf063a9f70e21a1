"""Whether FRL-DGT learns on generated clips, and whether its displacement is the motion there was.

    python -m benchmarks.displacement     # six minutes on two cores, and the drawing
    python -m benchmarks.displacement --workdir=runs/other --config.train.steps=200

Trains M9 and M3 of the paper's Table 2 by the project's own study at configs/frl_dgt/small.py, in a
workdir where the same command goes on, or reads what is finished there. Then each fold's
displacement module is shown the people that it was not trained on, and what it gives lies beside
the exact motion of the drawing and beside TV-L1. Prints Markdown: the tables of docs/frl_dgt.md.
Flags are those of mol_jax.main.
"""

import sys
from collections.abc import Sequence

from ml_collections import ConfigDict

from mol_jax import settings
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
    _check(call.config)
    changes = [{"model.self_supervision": kind} for kind in VARIANTS.values()]
    trials = make_trials(call.config, changes)
    command.prepare_jax(call.config)
    from benchmarks.displacement import page  # noqa: PLC0415  see prepare_jax
    from mol_jax.study import experiment  # noqa: PLC0415  see prepare_jax
    from mol_jax.terminal import out  # noqa: PLC0415  see prepare_jax

    console = out.console()
    run = experiment.train if call.flags["mode"].value == "train" else experiment.evaluate
    metrics = run(trials, call.workdir, command=call.text, console=console)
    if metrics["failed_folds"]:
        print("error: some folds diverged; the report says which, and what to do", file=sys.stderr)
        return 1
    print(page.of_study(trials, tuple(VARIANTS), call, metrics, console))
    return 0


def _check(config: ConfigDict) -> None:
    """Raises UserError for a config whose displacement cannot be laid beside the exact motion."""
    model = config.model
    if (model.network, config.data.name) != ("frl_dgt", "synthetic"):
        raise UserError(
            f"got {model.network} on {config.data.name}: expected model.network=frl_dgt on "
            "data.name=synthetic, whose motion is known"
        )
    expected = {"model.motion": "dgm", "model.sequence": False, "model.regions": "au"}
    expected |= {"protocol.only": (), "train.keep_weights": True}
    given = settings.flatten(config)
    for name, value in expected.items():
        if given[name] != value:
            raise UserError(
                f"{name} is {given[name]}: expected {value}, since every clip's displacement from "
                "onset to apex is compared; leave it out"
            )


if __name__ == "__main__":
    leave(main(sys.argv))
