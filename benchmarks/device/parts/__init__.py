"""The parts of the benchmark, in the order of their value, in which they are measured."""

from benchmarks.device.part import Part
from benchmarks.device.parts import bits, loops, memory, study

PARTS: tuple[Part, ...] = (
    study.PART,
    loops.PART,
    memory.PART,
    bits.PART,
)
