"""Shows what a study will take before its dataset is built: waves, updates, memory, disk.

    python -m launch.plan --config=configs/casme2.py --devices=1,8 --memory_gib=80

Classes, folds and clips are those that the dataset's view is known for; of a view that is known for
none, as of your own recordings, those of what is built. A sweep's config file is planned
with all its trials. Nothing is trained, and no accelerator is touched: any machine will do.
--workdir and --mode change nothing, so that a command line of mol_jax.main can be given as it is.
"""

import runpy
import sys
from collections.abc import Sequence

from absl import flags
from ml_collections import ConfigDict

from data_builders.views.find import get_view
from launch.sweep import load_changes
from mol_jax.errors import UserError, leave
from mol_jax.settings.trials import Trial, make_trials, plain
from mol_jax.study import command
from mol_jax.study.command import Call
from mol_jax.text.words import counted

DEVICES = (1, 4, 8)
# What JAX takes of a GPU's memory, where XLA_PYTHON_CLIENT_MEM_FRACTION says nothing else.
SHARE = 0.75


def main(argv: list[str]) -> int:
    """Prints the plan that the command line asks for; returns the exit code (`command.main`)."""
    return command.main(argv, PROGRAM, _run)


def _define_flags(known: flags.FlagValues) -> None:
    numbers = {
        "folds": "Folds [the subjects of the view, or protocol.folds].",
        "clips": "Clips [those of the view].",
        "classes": "Classes [those of the view].",
    }
    for name, text in numbers.items():
        flags.DEFINE_integer(name, None, text, lower_bound=2, flag_values=known)
    flags.DEFINE_list(
        "devices", None, "Numbers of devices [runtime.devices, or 1,4,8].", flag_values=known
    )
    flags.DEFINE_float(
        "memory_gib",
        None,
        f"Memory of a device, GiB; {SHARE:.0%} of it is planned with, as JAX takes no more of a "
        "GPU by default.",
        flag_values=known,
    )


PROGRAM = command.Program(
    module="launch.plan",
    about=__doc__ or "",
    start="--config=configs/casme2.py",
    define_flags=_define_flags,
)


def _run(call: Call) -> int:
    config, view = call.config, get_view(call.config.data.name, call.config.data.view)
    devices, memory = _devices(call), _memory(call)
    trials = _trials(call)
    command.prepare_jax(config, "cpu")  # it is only traced; an accelerator may be at work
    from mol_jax.data.known import Sizes, sizes  # noqa: PLC0415  see prepare_jax
    from mol_jax.study import plan  # noqa: PLC0415  see prepare_jax

    given = {name: call.flags[name].value for name in Sizes._fields}
    classes, clips, folds = sizes(config, **given)
    text = (
        f"{view.dataset} {view.name}: {clips} clips in {classes} classes, "
        f"{counted(folds, 'fold')} {_which_folds(config)}"
    )
    if memory is not None:
        text += (
            f"\nJAX takes {SHARE:.0%} of a GPU's memory by default: {plan.written(memory)} are "
            "planned with."
        )
    for count in devices:
        study = plan.make_plan(
            trials,
            seeds=len(config.seeds),
            folds=folds,
            clips=clips,
            classes=classes,
            devices=count,
            memory=memory,
        )
        text += f"\n\n{plan.render(study)}"
    print(text)
    return 0


def _devices(call: Call) -> Sequence[int]:
    texts = call.flags["devices"].value
    if texts is None:
        return (call.config.runtime.devices,) if call.config.runtime.devices else DEVICES
    for text in texts:
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10**6):
            raise UserError(
                f"--devices has {text!r}; it must be whole numbers from 1 on, such as 1,4,8."
            )
    if not texts:
        raise UserError("--devices is empty; it must be whole numbers from 1 on, such as 1,4,8.")
    return [int(text) for text in texts]


def _memory(call: Call) -> int | None:
    """Returns the bytes of a device that are planned with."""
    memory = call.flags["memory_gib"].value
    if memory is None:
        return None
    if not 0 < memory < 10**6:
        raise UserError(
            f"--memory_gib is {memory:g}; it must be the memory of a device in GiB, such as 80."
        )
    return int(SHARE * memory * 2**30)


def _which_folds(config: ConfigDict) -> str:
    only = f", of which {len(config.protocol.only)} now" if config.protocol.only else ""
    return f"({config.protocol.name}){only}"


def _trials(call: Call) -> Sequence[Trial]:
    """Returns the trials of a sweep's config file, or the one of any other."""
    if "get_trials" not in runpy.run_path(str(call.path)):
        return plain(call.config)
    return make_trials(call.config, load_changes(call.path))


if __name__ == "__main__":
    leave(main(sys.argv))
