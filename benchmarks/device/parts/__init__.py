"""The parts of the benchmark, in the order of their value, in which they are measured."""

from benchmarks.device.part import Part
from benchmarks.device.parts import (
    agreement,
    bits,
    built,
    groups,
    kernels,
    layers,
    loops,
    memory,
    mended,
    pytorch,
    saving,
    study,
)

PARTS: tuple[Part, ...] = (
    study.PART,
    mended.PART,
    pytorch.PART,
    layers.PART,
    groups.PART,
    loops.PART,
    kernels.PART,
    memory.PART,
    bits.PART,
    saving.PART,
    agreement.PART,
    built.PART,
)
