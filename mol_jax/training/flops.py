"""What a traced program multiplies and adds in its products and convolutions."""

import itertools
import math
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn


def count(program: Jaxpr) -> int:
    """Returns the FLOPs of a program's products and convolutions, two for each multiply-add.

    A convolution's are those on numbers: not those on the zeros that pad its input, or stand
    between its rows. A loop's body counts as often as it runs, where that is known, and else once;
    of branches the largest counts.
    """
    return sum(map(_of_line, program.eqns))


def _of_line(line: JaxprEqn) -> int:
    name = line.primitive.name
    if name == "dot_general":
        return _of_product(line)
    if name == "conv_general_dilated":
        return _of_convolution(line)
    inner = [count(body) for body in map(_body, jax.tree.leaves(line.params)) if body is not None]
    if name == "cond":
        return max(inner, default=0)
    return sum(inner) * line.params.get("length", 1) if name == "scan" else sum(inner)


def _of_product(line: JaxprEqn) -> int:
    (contracted, _), _ = line.params["dimension_numbers"]
    left, _, made = _shapes(line)
    return 2 * math.prod(made) * math.prod(left[axis] for axis in contracted)


def _of_convolution(line: JaxprEqn) -> int:
    given = line.params
    numbers = given["dimension_numbers"]
    map_, kernel, made = _shapes(line)
    clips = made[numbers.out_spec[0]]
    out_features, in_features = kernel[numbers.rhs_spec[0]], kernel[numbers.rhs_spec[1]]
    pairs = 1
    for axis, (low, _) in enumerate(given["padding"]):
        pairs *= _pairs(
            map_[numbers.lhs_spec[2 + axis]],
            kernel[numbers.rhs_spec[2 + axis]],
            made[numbers.out_spec[2 + axis]],
            low=low,
            stride=given["window_strides"][axis],
            gap=given["lhs_dilation"][axis],
            spread=given["rhs_dilation"][axis],
        )
    return 2 * clips * out_features * in_features * pairs


def _shapes(line: JaxprEqn) -> list[tuple[int, ...]]:
    """Returns the shapes of what a line is given, and then of what it makes."""
    values: list[Any] = [*line.invars, *line.outvars]
    return [value.aval.shape for value in values]


def _pairs(
    side: int, kernel: int, made: int, *, low: int, stride: int, gap: int, spread: int
) -> int:
    """Returns how many pairs of a place of the kernel and one of what is made meet a number.

    side: of the map along the axis, whose rows are `gap` apart behind `low` rows of padding.
    spread: between the rows of the kernel. stride: between those that are made.
    """
    last = (side - 1) * gap
    places = (
        row * stride + tap * spread - low
        for row, tap in itertools.product(range(made), range(kernel))
    )
    return sum(0 <= place <= last and place % gap == 0 for place in places)


def _body(parameter: object) -> Jaxpr | None:
    """Returns the program that a parameter of a line is, None where it is something else."""
    if isinstance(parameter, ClosedJaxpr):
        return parameter.jaxpr
    return parameter if isinstance(parameter, Jaxpr) else None
