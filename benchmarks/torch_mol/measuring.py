"""One row: the updates of one model and batch, ours and PyTorch's in turns, on some cores."""

import dataclasses
import os
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.torch_mol.steps import need_same
from benchmarks.torch_mol.workers import LateError, Worker

TURN = 0.4  # seconds that one turn of ours is to take at least
LAYOUTS = {"NCHW": False, "channels_last": True}
Timing = dict[str, float]


@dataclasses.dataclass(frozen=True)
class Where:
    """What both sides compute on. cores: 0 for all. tuned: malloc. compile_seconds: 0 for none."""

    cache: Path
    device: str = "cpu"
    dtype: str = "float32"
    cores: int = 0
    tuned: bool = True
    rounds: int = 5
    compile_seconds: float = 0.0


class Bench:
    """A worker of ours and one or two of PyTorch's, on the same cores.

    torch.compile has a worker of its own, which can be ended when it takes too long.
    """

    def __init__(self, where: Where, stack: ExitStack):
        self._where, self._stack = where, stack
        self._ours, self._eager = self._worker(), self._worker()
        self._compiled: Worker | None = None
        self.product = 0.0
        self._on = self._ours.ask("device")["device"]
        need_same(where.device, self._on)

    def _worker(self) -> Worker:
        where = self._where
        return self._stack.enter_context(Worker(where.cache, cores=where.cores, tuned=where.tuned))

    def measure_product(self) -> None:
        """Measures the faster side's rate at one large product, in FLOP/s."""
        kind = {"dtype": self._where.dtype, "device": self._where.device}
        for worker, with_torch in ((self._ours, False), (self._eager, True)):
            rate = worker.ask("product", with_torch=with_torch, **kind)["rate"]
            self.product = max(self.product, rate)

    def row(self, model: str, batch: int) -> dict[str, Any]:
        """Returns a row of the results; nothing of it stays in the workers."""
        what = {"model": model, "batch": batch, "dtype": self._where.dtype}
        workers = {"ours": self._ours} | {f"eager, {layout}": self._eager for layout in LAYOUTS}
        ready = {"ours": self._ours.ask("ours", name="ours", **what)["seconds"]}
        for layout in LAYOUTS:
            ready[f"eager, {layout}"] = self._theirs(self._eager, "eager", layout, what)
        flops = self._eager.ask("flops", name="eager, NCHW")["flops"]
        first = {name: worker.ask("turn", name=name, steps=1) for name, worker in workers.items()}
        if self._where.compile_seconds:
            layout = min(LAYOUTS, key=lambda layout: first[f"eager, {layout}"]["seconds"])
            self._compile(layout, what, workers, ready)
        steps = max(1, round(TURN / first["ours"]["seconds"]))
        load = os.getloadavg()[0]
        turns: dict[str, list[Timing]] = {name: [] for name in workers}
        for _ in range(self._where.rounds):
            for name, worker in workers.items():
                turns[name].append(worker.ask("turn", name=name, steps=steps))
        for worker in {*workers.values()}:
            worker.ask("drop")
        where = {name: getattr(self._where, name) for name in ("device", "cores", "tuned")}
        work = {
            "on": self._on,
            "flop": flops,
            "product_flop_per_s": self.product,
            "load": round(load, 1),
        }
        sides = {name: _side(ready[name], of) for name, of in turns.items()}
        return what | where | work | {"steps": steps, "sides": sides} | _compared(sides)

    def _theirs(
        self,
        worker: Worker,
        form: str,
        layout: str,
        what: dict[str, Any],
        *,
        seconds: float | None = None,
    ) -> float:
        """Makes a form of PyTorch's step ready; returns the seconds that it took."""
        answer = worker.ask(
            "theirs",
            seconds=seconds,
            name=f"{form}, {layout}",
            threads=self._where.cores or all_cores(),
            device=self._where.device,
            compiled=form == "compiled",
            channels_last=LAYOUTS[layout],
            **what,
        )
        return answer["seconds"]

    def _compile(
        self,
        layout: str,
        what: dict[str, Any],
        workers: dict[str, Worker],
        ready: dict[str, float],
    ) -> None:
        """Adds torch.compile's form of a layout, unless it takes too long."""
        if self._compiled is None:
            self._compiled = self._worker()
        worker, name = self._compiled, f"compiled, {layout}"
        try:
            seconds = self._where.compile_seconds
            ready[name] = self._theirs(worker, "compiled", layout, what, seconds=seconds)
            workers[name] = worker
        except LateError:
            self._compiled = None
            print(f"{name}: left out, not ready after {seconds:.0f} s", file=sys.stderr)


def _side(ready: float, turns: list[Timing]) -> dict[str, float]:
    """Returns the milliseconds of an update: of the fastest turn, and of the one in the middle."""
    seconds = [turn["seconds"] for turn in turns]
    processors = min(turn["processor_seconds"] for turn in turns)
    return {
        "ready_s": round(ready, 1),
        "ms": round(1e3 * min(seconds), 3),
        "median_ms": round(1e3 * statistics.median(seconds), 3),
        "processor_ms": round(1e3 * processors, 3),
    }


def _compared(sides: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Returns PyTorch's fastest form, and its time over ours by wall clock and by processors."""
    ours = sides["ours"]
    theirs = {name: side for name, side in sides.items() if name != "ours"}
    best = min(theirs, key=lambda name: theirs[name]["ms"])
    return {
        "best": best,
        "ratio": round(theirs[best]["ms"] / ours["ms"], 3),
        "median_ratio": round(
            min(side["median_ms"] for side in theirs.values()) / ours["median_ms"], 3
        ),
        "processor_ratio": round(
            min(side["processor_ms"] for side in theirs.values()) / ours["processor_ms"], 3
        ),
    }


def all_cores() -> int:
    """Returns how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1
