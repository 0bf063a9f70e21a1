"""docs/compiled.md, made of the results."""

from collections.abc import Iterator
from typing import Any

from benchmarks.compiled.cards import CARDS

COLUMNS = (
    "program",
    "forward (fused)",
    "backward input",
    "backward filter",
    "map as filter",
    "left",
    "grouped",
    "products",
    "collectives",
    "memory (planned), GiB",
    "compiled in, CPU s",
)
# What a study does otherwise, the program that shows it and the one without it.
CHOICES = (
    ("gradients of transposed convolutions of our own", "mol-bfloat16-1", "-derived"),
    ("patches in a group, MOL", "mol-bfloat16-4", "-lax"),
    ("patches in a group, STSTNet", "ststnet-float32-4", "-lax"),
)
HEADER = f"| {' | '.join(COLUMNS)} |\n|---{'|---:' * (len(COLUMNS) - 1)}|"

_ABOVE = """# What does XLA make of the training step for a GPU?

    pip install -e . "jax[cuda12]"         # several GB; no GPU and no driver are needed
    python -m benchmarks.compiled
    python -m benchmarks.compiled --page   # writes this page

jax's CUDA plugin compiles for a GPU that is not there, from a description of it. So this is known
without one: which kernels a study gets, whether its devices wait for each other, and how much
memory it takes. **Not known: any time.** Nothing here was run. Nor could XLA try kernels out, as it
does where there is a card: there it may take another algorithm of cuDNN or cuBLAS, with a workspace
of its own.

Each program is what a study runs: as many updates as `train.log_every` in a device loop, on two
devices, at the sizes of `configs/casme2.py` (MOL, batches of 32), `configs/networks/ststnet.py`
(batches of 256) or `configs/networks/frl_dgt.py` (batches of 32). Its name has the network, `model.dtype`, `runtime.group` and, where that is set,
`runtime.lowering`; `derived` has the gradients of transposed convolutions that JAX derives, in place
of those of `mol_jax/networks/convolutions.py`.

| column | counts |
|---|---|
| forward (fused), backward input, backward filter | calls of cuDNN by kind; fused: with bias and activation; backward filter: the gradient of a kernel |
| map as filter | of all convolutions, those whose filter is a whole map: a gradient that XLA took for a forward convolution |
| left | convolutions that are not cuDNN's |
| grouped | convolutions of several groups, as a mapped axis of kernels makes them: none of their gradients is one that cuDNN has a kernel for |
| products | products of matrices; convolutions lowered to patches are among them |
| collectives | exchanges between devices |
| memory (planned) | of a device, by XLA's account of the compiled program, beside what `launch.plan` says before |
| compiled in | processor time, of one core for the most part |

The command exits with 1 where a program that a study would run, so with `runtime.lowering` left
open, has a grouped convolution, a collective, a map as filter, a convolution that is not cuDNN's, or
fewer backward filters than layers whose map is large enough for one.
"""  # noqa: E501


def render(results: dict[str, Any]) -> str:
    """Returns the page of results, by card and program."""
    return "\n".join([_ABOVE, *(_card(card, programs) for card, programs in results.items())])


def row(name: str, made: dict[str, Any]) -> str:
    """Returns the line of a program."""
    return f"| {' | '.join((name, *_cells(made)))} |"


def _cells(made: dict[str, Any]) -> Iterator[str]:
    calls = made["calls"]
    yield f"{calls['forward'] + calls['forward_fused']} ({calls['forward_fused']})"
    for kind in (
        "backward_input",
        "backward_filter",
        "map_as_filter",
        "left",
        "grouped",
        "products",
        "collectives",
    ):
        yield str(calls[kind])
    yield f"{made['peak_bytes'] / 2**30:.2f} ({made['planned_bytes'] / 2**30:.2f})"
    yield f"{made['compile_cpu_seconds']:.0f}"


def _card(card: str, programs: dict[str, Any]) -> str:
    versions = {made["jax"] for made in programs.values()}
    lines = [
        f"## {CARDS[card].name}",
        f"`--card={card}`, jax {', '.join(sorted(versions))}.",
        HEADER,
    ]
    text = "\n\n".join(lines) + "\n" + "\n".join(row(*each) for each in programs.items()) + "\n"
    choices = [
        _choice(what, programs[name + without], programs[name])
        for what, name, without in CHOICES
        if name in programs and name + without in programs
    ]
    return "\n".join([text, *_CHANGED, *choices, ""]) if choices else text


_CHANGED = (
    "What a choice of ours changes in them, from without it to with it:",
    "",
    "| choice | backward filter | map as filter | grouped | products | memory, GiB |",
    "|---|---:|---:|---:|---:|---:|",
)


def _choice(what: str, without: dict[str, Any], with_it: dict[str, Any]) -> str:
    """Returns the line of a choice."""
    cells = [
        f"{without['calls'][kind]} → {with_it['calls'][kind]}"
        for kind in ("backward_filter", "map_as_filter", "grouped", "products")
    ]
    memory = " → ".join(f"{made['peak_bytes'] / 2**30:.2f}" for made in (without, with_it))
    return f"| {' | '.join((what, *cells, memory))} |"
