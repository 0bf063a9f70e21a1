"""The most bytes that a traced program holds at once, line by line or with lines fused.

A compiler reorders lines, and convolutions want workspaces that no program shows: the bytes are an
estimate.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Var

CALLS = {"closed_call", "custom_jvp_call", "custom_vjp_call", "jit"}
MOVES = {"broadcast_in_dim", "convert_element_type", "copy", "pad", "rev", "slice", "split"}
ARITHMETIC = {
    "abs",
    "add",
    "add_any",
    "div",
    "integer_pow",
    "max",
    "min",
    "mul",
    "neg",
    "sign",
    "square",
    "stop_gradient",
    "sub",
}
CHOICES = {"and", "eq", "ge", "gt", "is_finite", "le", "lt", "ne", "not", "or", "select_n"}
CHEAP = ARITHMETIC | CHOICES
RESHAPES = {"expand_dims", "reshape", "squeeze", "transpose"}  # a product reads them in place
OTHERS = {
    "concatenate",
    "exp",
    "log",
    "reduce_and",
    "reduce_max",
    "reduce_sum",
    "rsqrt",
    "sqrt",
    "tanh",
}  # read fused, are stored
SLACK = 1.02  # how much larger sources may be: a mean beside the map that it is taken from


@dataclasses.dataclass(eq=False)
class Value:
    """What a line makes."""

    bytes: int


@dataclasses.dataclass(frozen=True)
class Line:
    """A line that calls nothing. inside: bytes that the body of a loop or branch holds."""

    name: str
    reads: tuple[Value, ...]
    makes: tuple[Value, ...]
    inside: int


def peak(program: Jaxpr, *, results: Sequence[Any], fused: bool = False) -> int:
    """Returns the most bytes that a program holds at once, beside what it is given.

    A value is held from the line that makes it to the last that reads it, `results` to the end.

    fused: whether lines are fused as XLA does for a GPU. Moves and cheap lines are then made again
    in each of their readers and never stored, where the values that they are made of are no larger
    than they; those are held longer. On a CPU, XLA fuses less, and line by line comes nearer.
    """
    lines: list[Line] = []
    values = _spell_out(program, {}, fused, lines)
    ends = {values[var] for var in _variables(results) if var in values}
    sources = _sources(lines, ends) if fused else {}
    last = {value: i for i, line in enumerate(lines) for value in _stored(line.reads, sources)}
    last |= dict.fromkeys(_stored(ends, sources), len(lines))
    held: dict[Value, int] = {}
    now = most = 0
    for i, line in enumerate(lines):
        made = {value: value.bytes for value in line.makes if value not in sources}
        most = max(most, now + max(sum(made.values()), line.inside))
        read = dict.fromkeys(_stored(line.reads, sources))
        held |= {value: n for value, n in made.items() if value in last}
        now += sum(n for value, n in made.items() if value in last)
        now -= sum(held.pop(value) for value in read if last[value] == i)
    return most


def size(tree: Any) -> int:
    """Returns the bytes of a tree of arrays, or of their shapes."""
    return sum(math.prod(leaf.shape) * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))


def _spell_out(
    program: Jaxpr, given: Mapping[Var, Value], fused: bool, lines: list[Line]
) -> dict[Var, Value]:
    """Adds the lines of a program, calls replaced by their own; returns its values.

    given: those of its arguments that lines before it made.
    """
    values = dict(given)
    for line in program.eqns:
        inner = list(_programs(line))
        if line.primitive.name in CALLS and len(inner) == 1:
            values |= _called(line, inner[0], values, fused, lines)
            continue
        makes = tuple(Value(size(var.aval)) for var in line.outvars)
        reads = tuple(values[var] for var in _variables(line.invars) if var in values)
        inside = max((peak(body, results=body.outvars, fused=fused) for body in inner), default=0)
        lines.append(Line(line.primitive.name, reads, makes, inside))
        values |= zip(line.outvars, makes, strict=True)
    return values


def _called(
    line: JaxprEqn, inner: Jaxpr, values: Mapping[Var, Value], fused: bool, lines: list[Line]
) -> dict[Var, Value]:
    """Adds the lines of what a line calls; returns the values that the call makes."""
    pairs = zip(inner.invars, line.invars, strict=True)
    given = {mine: values[var] for mine, var in pairs if isinstance(var, Var) and var in values}
    made = _spell_out(inner, given, fused, lines)
    pairs = zip(line.outvars, inner.outvars, strict=True)
    return {var: made[mine] for var, mine in pairs if isinstance(mine, Var) and mine in made}


def _sources(lines: Sequence[Line], results: set[Value]) -> dict[Value, tuple[Value, ...]]:
    """Returns the values that are not stored, each with the stored ones that it is made of."""
    readers: dict[Value, set[str]] = {}
    for line in lines:
        for value in line.reads:
            readers.setdefault(value, set()).add(line.name)
    sources: dict[Value, tuple[Value, ...]] = {}
    for line in lines:
        of = tuple(dict.fromkeys(_stored(line.reads, sources)))
        for value in line.makes:
            if value not in results and _again(line, value, of, readers.get(value, set())):
                sources[value] = of
    return sources


def _again(line: Line, value: Value, of: Sequence[Value], readers: set[str]) -> bool:
    """Tells whether a value is made again where it is read, of the stored values `of`."""
    if line.name in RESHAPES:
        return True
    small = sum(source.bytes for source in of) <= SLACK * value.bytes
    return small and line.name in MOVES | CHEAP and readers <= MOVES | CHEAP | RESHAPES | OTHERS


def _stored(values: Iterable[Value], sources: Mapping[Value, tuple[Value, ...]]) -> Iterator[Value]:
    """Yields the values that are stored to have `values`."""
    return (stored for value in values for stored in sources.get(value, (value,)))


def _variables(values: Sequence[Any]) -> Iterator[Var]:
    """Yields the variables among the values of a line, which may be literals."""
    return (value for value in values if isinstance(value, Var))


def _programs(line: JaxprEqn) -> Iterator[Jaxpr]:
    """Yields the programs that a line runs: of a call, its own; of a loop, its body."""
    for parameter in jax.tree.leaves(line.params):
        if isinstance(parameter, ClosedJaxpr):
            yield parameter.jaxpr
        elif isinstance(parameter, Jaxpr):
            yield parameter
