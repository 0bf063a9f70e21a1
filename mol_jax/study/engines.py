"""The engine of a config: from the table that is there, or for one that is still to be drawn."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import jax
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data import generated, known
from mol_jax.data.clips import ClipTable
from mol_jax.errors import UserError
from mol_jax.settings.trials import Trial, compile_groups
from mol_jax.study.auto_group import memory_here
from mol_jax.training import footprint
from mol_jax.training.devices import choose_devices, cores_are_devices, resolve_lowering
from mol_jax.training.engine import Engine
from mol_jax.training.program import make_program


def make_engine(
    config: ConfigDict,
    table: ClipTable,
    *,
    classes: int,
    replicas: int,
    group: int,
    given: Mapping[str, Any] | None = None,
) -> Engine:
    """Returns the compiled functions of a checked config.

    classes: of its view. replicas, group: as for `Engine`; group stands for runtime.group, which
    may be "auto". given: variables that all of them start from.
    """
    clips = len(table.label)
    return Engine(
        lambda auto: make_program(config, num_classes=classes, auto=auto),
        table,
        loop=config.runtime.loop,
        group=group,
        devices=count_devices(config, clips=clips, classes=classes, replicas=replicas, group=group),
        batch_size=config.predict.batch_size,
        all_phases=config.predict.phases == "all",
        replicas=replicas,
        given=given,
    )


def count_devices(
    config: ConfigDict, *, clips: int, classes: int, replicas: int, group: int = 1
) -> int:
    """Returns how many devices a study uses: runtime.devices or, where that is 0, all.

    No more than it has replicas. Where the cores of a CPU are the devices, no more than half the
    machine's memory has room for; a large network then trains on several cores at once.
    """
    count = len(choose_devices(config.runtime.devices)[:replicas])
    memory = memory_here(1)
    on_cores = jax.default_backend() == "cpu" and cores_are_devices()
    if config.runtime.devices or count == 1 or memory is None or not on_cores:
        return count
    lowering = resolve_lowering(group, loop=config.runtime.loop)  # of this group, so one is traced
    one = footprint.estimate(config, clips=clips, classes=classes, lower=lambda _: lowering)
    return max(1, min(count, memory // one.device(group)))


def compile_undrawn(trials: Sequence[Trial]) -> None:
    """Begins to compile for clips that are still to be drawn: the config tells their shapes.

    Of the first compile group alone. Where other clips are built in the end, it was in vain. What
    is wrong with the config or the machine is left to the study, which says it in its place.
    """
    group = compile_groups(trials)[0]
    config = group[0].config
    if config.runtime.group == "auto":  # what it comes to is not known yet
        return
    with contextlib.suppress(UserError):
        classes, clips, folds = known.sizes(config)
        engine = make_engine(
            config,
            generated.blank_table(config, clips),
            classes=classes,
            replicas=len(group) * len(config.seeds) * folds,
            group=config.runtime.group,
        )
        scalars = settings.scalars(config)
        drawn = not config.init.weights  # else the program takes them too
        engine.compile_ahead(scalars, config.train.log_every, fresh=drawn, train=True)
