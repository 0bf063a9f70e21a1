"""Whole studies: their updates, FLOPs and memory, and what they would take on a card.

A cell is measured where an update of the study's own program was timed here, else estimated. An
estimated update takes the longer of two times: its FLOPs at an assumed share of the card's peak,
and the launches of its kernels. FLOPs are XLA's count of the program before it is compiled.
Kernels are its operations that are not fused into others (`OWN_KERNEL`), as an assumption.
"""

import re
import runpy
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
from ml_collections import ConfigDict

from mol_jax.data import known
from mol_jax.text.duration import duration
from mol_jax.training import calibration, footprint, step
from mol_jax.training.program import make_program

ROOT = Path(__file__).parents[2]
STUDIES = {
    "the first command": "configs/synthetic.py",
    "STSTNet, composite": "configs/networks/ststnet.py",
    "synthetic_full": "configs/synthetic_full.py",
    "MOL, CASME II": "configs/casme2.py",
    "MOL, SAMM": "configs/samm.py",
    "MOL, composite": "configs/composite.py",
    "FRL-DGT, composite": "configs/networks/frl_dgt.py",
}
LARGE = ("configs/casme2.py", "configs/samm.py", "configs/composite.py")  # the paper's sizes

SHARE = 0.08  # of its peak that an H100 reached in updates of MOL and FRL-DGT (docs/gpu.md)
MEMORY = 0.75  # of a card's memory, which JAX takes by default
LAUNCH = 5e-6  # seconds from one kernel to the next where the kernels are small
COMPILE = 120.0  # seconds
OWN_KERNEL = re.compile(
    r"stablehlo\.(convolution|dot_general|reduce|reduce_window|select_and_scatter|gather|scatter|"
    r"sort|custom_call|transpose|pad|concatenate|dynamic_slice|dynamic_update_slice)\b"
)


class Card(NamedTuple):
    """gib: memory. bf16, tf32: TFLOP/s of dense products, and tbs: TB/s of memory, as NVIDIA's data
    sheets have them."""

    name: str
    gib: int
    bf16: float
    tf32: float
    tbs: float

    @property
    def share(self) -> float:
        """Returns the share of the peak that an update reaches: it waits for memory, as H100's."""
        return SHARE * (self.tbs / self.bf16) / (MEASURED.tbs / MEASURED.bf16)


MEASURED = Card("H100 SXM", 80, 989.4, 494.7, 3.35)
CARDS = (
    Card("RTX 3060", 12, 25.5, 12.7, 0.36),
    Card("RTX 4090", 24, 165.2, 82.6, 1.008),
    MEASURED,
)


class Study(NamedTuple):
    """What a study is made of: numbers of an update of one replica, and of replicas.

    flops, kernels: of an update. table: bytes of the clips. each, each_in_group: bytes of a
    replica's state and update, alone and beside others, in the dtype of a card.
    """

    path: str
    replicas: int
    steps: int
    bfloat16: bool
    flops: float
    kernels: int
    table: int
    each: int
    each_in_group: int

    @property
    def updates(self) -> int:
        """Returns the updates of all replicas."""
        return self.replicas * self.steps


def describe(path: str) -> Study:
    """Returns a study of a config file, as it would run on a card: MOL's in bfloat16."""
    config = load(path)
    classes, clips, folds = known.sizes(config)
    bfloat16 = path in LARGE
    if bfloat16:
        config.model.dtype = "bfloat16"
    flops, kernels = counted(config)
    found = footprint.estimate(config, clips=clips, classes=classes)
    return Study(
        path,
        replicas=folds * len(config.seeds),
        steps=config.train.steps,
        bfloat16=bfloat16,
        flops=flops,
        kernels=kernels,
        table=found.table,
        each=found.state + found.update,
        each_in_group=found.state + found.update_in_group,
    )


def load(path: str) -> ConfigDict:
    """Returns the config of a file of this project."""
    return runpy.run_path(str(ROOT / path))["get_config"]()


def counted(config: ConfigDict) -> tuple[float, int]:
    """Returns the FLOPs and the kernels of an update."""
    classes, clips, _ = known.sizes(config)
    program = make_program(config, num_classes=classes, auto="lax")
    given = footprint.shapes(program, clips=clips, samples=1 + config.data.phases)
    lowered = jax.jit(partial(step.train_step, program)).lower(*given)
    cost: Any = lowered.cost_analysis()
    cost = cost[0] if isinstance(cost, list) else cost
    return float(cost["flops"]), len(OWN_KERNEL.findall(lowered.as_text()))


def on_card(study: Study, card: Card) -> str:
    """Returns the estimated time of a study on a card, or what does not fit."""
    memory = MEMORY * card.gib * 2**30
    need = study.table + study.each
    if need > memory:
        return f"does not fit: {need / 2**30:.1f} of {memory / 2**30:.1f} GiB"
    rate = card.share * 1e12 * (card.bf16 if study.bfloat16 else card.tf32)
    fits = [
        group
        for group in calibration.candidates(study.replicas, 1)
        if group == 1 or study.table + group * study.each_in_group <= memory
    ]

    def seconds(group: int) -> float:
        return max(group * study.flops / rate, study.kernels * LAUNCH)

    best = calibration.choose(fits, seconds, replicas=study.replicas, devices=1)
    each = next(one.seconds for one in best.timings if one.group == best.group)
    return f"{duration(COMPILE + study.updates * each)} (estimated, group {best.group})"


def here(study: Study, *, update: float | None, compiled: float, rate: float | None) -> str:
    """Returns the time of a study on the machine that was measured on.

    update: seconds of an update that was timed, None where none was. rate: FLOP/s that the same
    network reached with a smaller batch, for the others; None where it was not timed either.
    """
    if update is not None:
        return f"{duration(compiled + study.updates * update)} (measured update)"
    if rate is None:
        return "–"
    return f"{duration(study.updates * study.flops / rate)} (estimated)"
