"""Shows what a study will take before its dataset is built: FLOPs, waves, updates, memory, disk.

    python -m launch.plan --config=configs/casme2.py --devices=1,8 --memory_gib=80
    python -m launch.plan --config=configs/casme2.py --measure

Classes, folds and clips are those that the dataset's view is known for; of a view that is known for
none, as of your own recordings, those of what is built. A sweep's config file is planned
with all its trials. Nothing is trained, and no accelerator is touched: any machine will do.
With --measure a few updates of the planned program, a prediction and its compile are timed on this
machine's devices, on random clips, and the hours of the study follow.
--workdir and --mode change nothing, so that a command line of mol_jax.main can be given as it is.
"""

import runpy
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from absl import flags
from ml_collections import ConfigDict

from data_builders.views.find import get_view
from launch.sweep import load_changes
from mol_jax import settings
from mol_jax.errors import UserError, leave
from mol_jax.settings.trials import Trial, make_trials, plain
from mol_jax.study import command
from mol_jax.study.command import Call
from mol_jax.text.words import counted

if TYPE_CHECKING:
    from mol_jax.data.known import Sizes

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
    flags.DEFINE_bool(
        "measure",
        False,
        "Times a few updates on this machine, and prints the hours of the study.",
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
    devices, memory, measures = _devices(call), _memory(call), call.flags["measure"].value
    trials = _trials(call)
    if settings.is_fitted(config):
        raise UserError(
            f"model.network is {config.model.network!r}, which is fitted at once: there are no "
            "steps to plan. Run it with python -m mol_jax.main, which takes minutes."
        )
    # Without it the program is only traced; an accelerator may be at work.
    command.prepare_jax(config, None if measures else "cpu")
    from mol_jax.data.known import Sizes, sizes  # noqa: PLC0415  see prepare_jax
    from mol_jax.study import plan, plan_text  # noqa: PLC0415  see prepare_jax

    given = {name: call.flags[name].value for name in Sizes._fields}
    found = sizes(config, **given)
    text = (
        f"{view.dataset} {view.name}: {found.clips} clips in {found.classes} classes, "
        f"{counted(found.folds, 'fold')} {_which_folds(config)}"
    )
    if memory is not None:
        text += (
            f"\nJAX takes {SHARE:.0%} of a GPU's memory by default: {plan_text.written(memory)} "
            "are planned with."
        )
    if measures:
        return _measure(trials, found, devices, memory, text)
    text += f"\n{_network(trials, found)}"
    for count in devices or DEVICES:
        made = plan.make_plan(
            trials, seeds=len(config.seeds), devices=count, memory=memory, **found._asdict()
        )
        text += f"\n\n{plan_text.render(made)}"
    print(text)
    return 0


def _measure(
    trials: Sequence[Trial], found: "Sizes", devices: Sequence[int], memory: int | None, text: str
) -> int:
    """Prints the plan of this machine's devices, and then the hours that it will take."""
    from mol_jax.study import engines, hours, plan, plan_text  # noqa: PLC0415  see prepare_jax
    from mol_jax.training import devices as here  # noqa: PLC0415  see prepare_jax

    config = trials[0].config
    available = len(here.choose_devices(config.runtime.devices))
    for count in devices:
        if count > available:
            raise UserError(
                f"--devices has {count}, but --measure times the program on this machine, which "
                f"has {available} ({here.describe_device()}); leave --devices out, or --measure."
            )
    print(f"{text}\n{_network(trials, found)}", flush=True)
    if not devices:
        replicas = len(trials) * len(config.seeds) * found.folds
        sizes = {"clips": found.clips, "classes": found.classes, "replicas": replicas}
        devices = (engines.count_devices(config, **sizes),)
    for count in devices:
        made = plan.make_plan(
            trials,
            seeds=len(config.seeds),
            devices=count,
            memory=memory or here.device_memory(),
            lower=lambda group: here.resolve_lowering(group, loop=config.runtime.loop),
            choose=lambda work: hours.choose(work, say=print),
            **found._asdict(),
        )
        print(f"\n{plan_text.render(made)}\n", flush=True)
        every = [
            hours.measure(one, clips=found.clips, classes=found.classes, folds=found.folds)
            for one in made.groups
        ]
        print(hours.render(every, device=here.describe_device()), flush=True)
    return 0


def _network(trials: Sequence[Trial], found: "Sizes") -> str:
    """Says what the network of the first trial has to compute."""
    from mol_jax.training import footprint  # noqa: PLC0415  see prepare_jax
    from mol_jax.training.program import make_program  # noqa: PLC0415  see prepare_jax

    config = trials[0].config
    lowering = footprint.lowered_as_on_accelerators(1)  # as it is traced for its memory too
    program = make_program(config, num_classes=found.classes, auto=lowering)
    work = footprint.work(program, clips=found.clips, samples=1 + config.data.phases)
    return (
        f"{config.model.network}{' of the first trial' * (len(trials) > 1)}: "
        f"{work.parameters:,} parameters; {giga(work.update)} GFLOP an update of "
        f"{counted(config.train.batch_size, 'clip')}, {giga(work.prediction)} a prediction "
        "of one (products and convolutions)"
    )


def giga(number: int) -> str:
    """Writes a number in thousands of millions: "0.212", "765", "2,349"."""
    return f"{number / 1e9:,.0f}" if number >= 1e11 else f"{number / 1e9:.3g}"


def _devices(call: Call) -> Sequence[int]:
    """Returns the numbers of devices that are asked for, none where they are left open."""
    texts = call.flags["devices"].value
    if texts is None:
        return (call.config.runtime.devices,) if call.config.runtime.devices else ()
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
