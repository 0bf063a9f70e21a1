"""The kernels that a few updates of the paper's model spend their time in."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jax
from jax.profiler import ProfileData

from benchmarks.device.bench import Bench
from benchmarks.device.chunk import STEPS
from benchmarks.device.part import Part, Row, Unavailable

DTYPE, SHOWN = "bfloat16", 10
LONGEST_NAME = 80
_NOT_WORK = ("ThreadpoolListener", "end: ", "SlinkyThreadPool", "ThunkExecutor", "PjRt", "$")


def measure(bench: Bench) -> Iterator[Row]:
    """Yields the kernels with the most time, and all others together."""
    chunk = bench.chunk("paper", DTYPE)
    state, _ = jax.block_until_ready(chunk.run(chunk.begin()))
    with tempfile.TemporaryDirectory() as folder:
        with jax.profiler.trace(folder):
            jax.block_until_ready(chunk.run(state))
        spent, calls = _kernels(Path(folder))
    whole = sum(spent.values())
    if not whole:
        raise Unavailable("the profiler recorded no kernel here")
    for name, nanoseconds in spent.most_common(SHOWN):
        share = 100 * nanoseconds / whole
        figures = {
            "ms": nanoseconds / 1e6 / STEPS,
            "share_pct": share,
            "calls": calls[name] / STEPS,
        }
        yield {"what": name[:LONGEST_NAME], **figures}
    rest = spent.total() - sum(one for _, one in spent.most_common(SHOWN))
    figures = {"ms": rest / 1e6 / STEPS, "share_pct": 100 * rest / whole}
    yield {"what": f"{max(0, len(spent) - SHOWN)} others together", **figures}


def _kernels(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """Returns nanoseconds and calls by name: a card's streams, or the threads of XLA on a CPU."""
    spent, calls = Counter[str](), Counter[str]()
    for path in folder.rglob("*.xplane.pb"):
        for plane in ProfileData.from_file(str(path)).planes:
            begins = "Stream" if plane.name.startswith("/device:") else "tf_XLA"
            for line in plane.lines:
                events = line.events if line.name.startswith(begins) else ()
                for event in events:
                    if not event.name.startswith(_NOT_WORK):
                        spent[event.name] += int(event.duration_ns)
                        calls[event.name] += 1
    return spent, calls


PART = Part("kernels", "The kernels of an update of the paper's model, bfloat16", 10, measure)
