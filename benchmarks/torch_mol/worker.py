"""A process that makes updates when it is told to: `python -m benchmarks.torch_mol.worker 0 1`.

A line of JSON on its standard input is a call of a function below by its name, a line on its
standard output what that returned, or {"refused": a sentence}. The arguments are the cores that it
may use, none for all; XLA takes as many threads when it starts, which it has not when main begins.
"""

import json
import os
import sys
import time
from typing import Any

import jax
import numpy as np

from benchmarks.torch_mol import models
from benchmarks.torch_mol.steps import Updates, need_torch, step_ours, step_torch
from mol_jax.errors import UserError
from mol_jax.training.devices import describe_device

SIDE, PRODUCTS = 4096, 3  # of the product that a step's rate is set beside
_ready: dict[str, Updates] = {}


def ours(*, name: str, model: str, batch: int, dtype: str) -> dict[str, float]:
    """Makes our step ready under a name; returns how long that took, compiling included."""
    start = time.perf_counter()
    _ready[name] = step_ours(models.config(model), batch, dtype=dtype)
    return {"loss": _ready[name](1), "seconds": time.perf_counter() - start}


def theirs(*, name: str, model: str, batch: int, threads: int, **how: Any) -> dict[str, float]:
    """Makes PyTorch's step ready under a name; how: as `step_torch`."""
    need_torch()
    import torch  # noqa: PLC0415  an extra

    torch.set_num_threads(threads)
    start = time.perf_counter()
    _ready[name] = step_torch(models.config(model), batch, **how)
    return {"loss": _ready[name](1), "seconds": time.perf_counter() - start}


def turn(*, name: str, steps: int) -> dict[str, float]:
    """Makes so many updates; returns the wall clock's and the processors' seconds of each."""
    wall, processors = time.perf_counter(), time.process_time()
    loss = _ready[name](steps)
    return {
        "loss": loss,
        "seconds": (time.perf_counter() - wall) / steps,
        "processor_seconds": (time.process_time() - processors) / steps,
    }


def drop() -> dict[str, float]:
    """Forgets all steps, and with them their weights."""
    _ready.clear()
    jax.clear_caches()
    return {}


def flops(*, name: str) -> dict[str, float]:
    """Returns the floating-point operations of products and convolutions in a step of PyTorch's."""
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415  an extra

    counter = FlopCounterMode(display=False)
    with counter:
        _ready[name](1)
    return {"flops": counter.get_total_flops()}


def device() -> dict[str, Any]:
    """Returns what JAX computes on, in words."""
    return {"device": describe_device()}


def product(*, with_torch: bool, dtype: str, device: str) -> dict[str, float]:
    """Returns the FLOP/s of the fastest of some large products of two square matrices."""
    multiply = _torch_product(dtype, device) if with_torch else _jax_product(dtype)
    seconds = []
    for _ in range(PRODUCTS + 1):  # the first compiles
        start = time.perf_counter()
        multiply()
        seconds.append(time.perf_counter() - start)
    return {"rate": 2 * SIDE**3 / min(seconds[1:])}


def _jax_product(dtype: str) -> Any:
    kind = "bfloat16" if dtype == "bfloat16" else "float32"
    factor = jax.numpy.full((SIDE, SIDE), 0.5, kind)
    precision = {"float32": "highest", "tf32": "tensorfloat32"}.get(dtype, "default")
    multiply = jax.jit(lambda a: jax.numpy.matmul(a, a, precision=precision))
    return lambda: jax.block_until_ready(multiply(factor))


def _torch_product(dtype: str, device: str) -> Any:
    import torch  # noqa: PLC0415  an extra

    kind = torch.bfloat16 if dtype == "bfloat16" else torch.float32
    torch.set_float32_matmul_precision("highest" if dtype == "float32" else "high")
    factor = torch.full((SIDE, SIDE), 0.5, dtype=kind, device=device)

    def multiply() -> float:
        return (factor @ factor)[0, 0].item()

    return multiply


def agree(*, model: str, batch: int, dtype: str) -> dict[str, float]:
    """Returns how far PyTorch's update is from ours, by kind of number (`agreement`)."""
    need_torch()
    from benchmarks.torch_mol.agreement import agreement  # noqa: PLC0415  it needs PyTorch

    return agreement(models.config(model), batch, dtype=dtype)


CALLS = {call.__name__: call for call in (ours, theirs, turn, drop, flops, device, product, agree)}


def main() -> None:
    """Answers until the input ends."""
    if len(sys.argv) > 1:
        os.sched_setaffinity(0, map(int, sys.argv[1:]))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer
    for line in sys.stdin:
        call, given = json.loads(line)
        try:
            answer = CALLS[call](**given)
        except UserError as error:
            answer = {"refused": str(error)}
        assert all(np.isfinite(v) for v in answer.values() if not isinstance(v, str)), answer
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
