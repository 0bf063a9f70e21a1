"""Refuses a study that memory does not hold, before anything is drawn, read or compiled.

A GPU would say so after minutes, and a CPU's process would be killed without a word. The bytes are
the plan's (`mol_jax.training.footprint`), for an accelerator a little more than XLA takes.
"""

import math
from collections.abc import Sequence

from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.known import Sizes
from mol_jax.data.recipe import INTERPOLATED
from mol_jax.errors import UserError
from mol_jax.settings.find import find
from mol_jax.settings.kind import Lowering
from mol_jax.settings.trials import Trial, compile_groups
from mol_jax.study.plan_text import written
from mol_jax.text.words import counted
from mol_jax.training import footprint
from mol_jax.training.devices import (
    describe_device,
    device_memory,
    machine_memory,
    resolve_lowering,
)
from mol_jax.training.footprint import Footprint
from mol_jax.training.program import make_program

# float32 maps for each frame of a batch that no network keeps at once: the paper's MOL keeps 250,
# FRL-DGT 190, FRL-DGT-S 220 for each of ten. A study that would fit even so is not traced.
MOST_MAPS = 2000


def check(trials: Sequence[Trial], sizes: Sizes) -> None:
    """Raises UserError where this machine has no memory for one wave of some trials.

    Memory is what a device tells; of a CPU the machine's, or a container's. Where neither is known,
    nothing is refused.
    """
    told = device_memory()
    memory = machine_memory() if told is None else told
    if memory is None:
        return
    for group in compile_groups(trials):
        config = group[0].config
        replicas = len(group) * len(config.seeds) * sizes.folds
        # Where runtime.devices is 0, as many cores are used as have room (`engines.count_devices`).
        used = min(config.runtime.devices or 1, replicas)
        width = 1 if config.runtime.group == "auto" else config.runtime.group
        width = min(width, math.ceil(replicas / used))
        sharing = used if told is None else 1
        if sharing * _at_most(config, sizes, width) <= memory:
            continue
        estimated = _estimate(config, sizes, width)
        if sharing * estimated.device(width) > memory:
            raise UserError(_sentence(config, sizes, estimated, width, memory, sharing))


def _at_most(config: ConfigDict, sizes: Sizes, group: int) -> int:
    """Returns more bytes than a network takes that keeps fewer maps than MOST_MAPS."""
    program = make_program(config, num_classes=sizes.classes)
    samples = 1 + config.data.phases
    clips = footprint.size(footprint.clip_table(program, clips=sizes.clips, samples=samples))
    frames = INTERPOLATED if "tim_frames" in program.reads else config.data.frames
    pixels = config.train.batch_size * frames * settings.aligned_size(config) ** 2
    return clips + group * pixels * 4 * MOST_MAPS


def _estimate(config: ConfigDict, sizes: Sizes, group: int) -> Footprint:
    def lower(_: int) -> Lowering:  # of this group, so one program is traced
        return resolve_lowering(group, loop=config.runtime.loop)

    return footprint.estimate(config, clips=sizes.clips, classes=sizes.classes, lower=lower)


def _sentence(
    config: ConfigDict, sizes: Sizes, part: Footprint, group: int, memory: int, sharing: int
) -> str:
    several = f" for each of {group} replicas" if group > 1 else ""
    times = f" on each of {sharing} devices that share it" if sharing > 1 else ""
    return (
        f"training needs {written(sharing * part.device(group))} of memory, and there are "
        f"{written(memory)} ({describe_device()}): {written(part.table)} for "
        f"{counted(sizes.clips, 'clip')}, and{several} {written(part.state)} for its state and "
        f"{written(part.update_of(group))} for an update with "
        f"{counted(config.train.batch_size, 'clip')} (estimated){times}. Set "
        f"{' or '.join(_smaller(config, part, group, memory, sharing))}, or take a machine with "
        "more memory."
    )


def _smaller(
    config: ConfigDict, part: Footprint, group: int, memory: int, sharing: int
) -> list[str]:
    """Returns what would need less, the mildest first."""
    advice = []
    fits = part.largest_group(memory // sharing)
    if group > 1 and fits:
        return [f"runtime.group={min(fits, group - 1)}"]
    if sharing > 1:
        advice.append("runtime.devices=1")
    if part.table + part.state < memory:
        if config.train.batch_size > 2:
            advice.append(f"a smaller train.batch_size than {config.train.batch_size}")
        on_gpu = device_memory() is not None  # a CPU computes it in float32
        typed = "dtype" in find(config.model.network).fields
        if on_gpu and typed and config.model.dtype == "float32":
            advice.append("model.dtype=bfloat16")
    half = config.data.crop // 2
    if half >= 64 and _allowed(config, half):
        advice.append(f"data.crop={half} (of a dataset that is built with --size={half * 9 // 8})")
    return advice or ["data of fewer clips"]


def _allowed(config: ConfigDict, crop: int) -> bool:
    """Tells whether the config may have this data.crop, which some networks have to divide."""
    smaller = ConfigDict(config.to_dict())
    smaller.data.crop = crop
    try:
        settings.check(smaller)
    except UserError:
        return False
    return True
