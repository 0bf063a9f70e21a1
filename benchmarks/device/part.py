"""A part of the benchmark: what it is called, what it may take, and how it is measured."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from benchmarks.device.bench import Bench

Row = dict[str, Any]  # "what" is measured, then figures by their names, units at the end


class Unavailable(Exception):  # noqa: N818  it is no error of the program
    """Why a part cannot be measured here: one sentence."""


class Part(NamedTuple):
    """One part.

    name: for --parts. title: a sentence. seconds: that it may take of a card, an estimate. measure:
    yields a row as soon as it is measured; raises `Unavailable` where it cannot be.
    """

    name: str
    title: str
    seconds: float
    measure: Callable[[Bench], Iterator[Row]]
