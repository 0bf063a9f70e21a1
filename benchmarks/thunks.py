"""What a compiled CPU program spends its time on: its instructions, timed by JAX's profiler.

XLA runs a program on CPU as thunks, one for each instruction of its main computation, and its
profiler has an event for each. The text of the program says which part of the network an
instruction was made for.
"""

import math
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax

# What is moved but not computed; a fusion is named for what it fuses, as pad_slice_fusion.
MOVES = {"copy", "bitcast", "pad", "slice", "concatenate", "transpose", "gather", "broadcast"}
PARTS = (
    ("batch and crops", r"^jit\(\w+\)/(jit|vmap|while|gather|dynamic|convert)"),
    ("conv stack", r"/conv_stack/"),
    ("F5C", r"/f5c_"),
    ("MER head", r"/mer_head/"),
    ("landmark head", r"/landmark_head/"),
    ("flow encoder", r"/_norm/|flow_head\._norm/conv"),
    ("correlation", r"/flow_head\._meet/"),
    ("flow decoder", r"/flow_head\._decode/"),
    ("STSTNet", r"Ststnet"),
    ("losses", r"jvp\("),
)


class Thunk(NamedTuple):
    """An instruction. scope: of the network, as XLA has it. bytes: of its result. ms: of a step."""

    name: str
    scope: str
    bytes: int
    ms: float

    @property
    def part(self) -> str:
        """Returns the part of the step that it belongs to."""
        if not self.scope:
            return "without a name"  # copies of what is given, some gradients of kernels
        return next((part for part, of in PARTS if re.search(of, self.scope)), "optimiser")

    @property
    def work(self) -> str:
        """Returns whether it multiplies, convolves, moves or computes element by element."""
        if self.scope.endswith(("dot_general", "dot_general/transpose")) or "dot" in self.name:
            return "products"
        if (
            "conv" in self.name.partition("_fusion")[0].split(".")[0]
            or "conv_general" in self.scope
        ):
            return "convolutions"
        words = re.sub(r"[.\d]+$", "", self.name).replace("-", "_").split("_")
        return "moves" if {*words} - {"fusion", "wrapped"} <= MOVES else "elements and sums"

    @property
    def backward(self) -> bool:
        """Returns whether it is of the gradient."""
        return "transpose(jvp" in self.scope


def timed(program: str, run: Callable[[], Any]) -> list[Thunk]:
    """Returns the instructions of a compiled program's text, longest first.

    run: makes some calls of it and waits for them.
    """
    with tempfile.TemporaryDirectory() as folder:
        with jax.profiler.trace(folder):
            run()
        spent = _events(Path(folder))
    return sorted(
        (
            Thunk(name, scope, size, spent[name] / 1e6)
            for name, (scope, size) in _instructions(program).items()
            if name in spent
        ),
        key=lambda thunk: -thunk.ms,
    )


def _events(folder: Path) -> Mapping[str, float]:
    """Returns the nanoseconds of the shortest event of a trace of each name.

    The shortest, since other work on the cores can only make one longer.
    """
    spent: dict[str, float] = {}
    for path in folder.rglob("*.xplane.pb"):
        planes = jax.profiler.ProfileData.from_file(str(path)).planes
        lines = (line for plane in planes for line in plane.lines if line.name != "python")
        for event in (event for line in lines for event in line.events):
            spent[event.name] = min(spent.get(event.name, math.inf), event.duration_ns)
    return spent


def _instructions(program: str) -> dict[str, tuple[str, int]]:
    """Returns the scope and the bytes of the instructions of the main computation.

    Those of a loop's body run inside its own thunk and would be counted twice.
    """
    main = program[program.index("\nENTRY") :]
    lines = re.finditer(r"^\s+(?:ROOT )?%?(\S+) = (\w+)\[([\d,]*)\](.*)$", main, re.M)
    loops = re.finditer(r"^\s+(?:ROOT )?%?(\S+) = \(()()(.*)$", main, re.M)
    return {
        name: (_scope(rest), _bytes(kind, shape))
        for name, kind, shape, rest in (m.groups() for m in (*lines, *loops))
    }


def _scope(text: str) -> str:
    scope = re.search(r'op_name="([^"]*)"', text)
    return scope[1] if scope else ""


def _bytes(kind: str, shape: str) -> int:
    bits = re.search(r"\d+$", kind or "")
    return int(bits[0]) // 8 * math.prod(map(int, filter(None, shape.split(",")))) if bits else 1
