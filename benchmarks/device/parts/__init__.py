"""The parts of the benchmark, in the order of their value, in which they are measured."""

from benchmarks.device.part import Part
from benchmarks.device.parts import (
    agreement,
    bits,
    built,
    frl_dgt,
    groups,
    kernels,
    layers,
    loops,
    memory,
    mended,
    pytorch,
    saving,
    study,
    zoo,
)

PARTS: tuple[Part, ...] = (
    study.PART,
    pytorch.PART,
    mended.PART,
    groups.PART,
    kernels.PART,
    layers.PART,
    bits.PART,
    loops.PART,
    agreement.PART,
    memory.PART,
    saving.PART,
    frl_dgt.PART,
    zoo.PART,
    built.PART,
)
