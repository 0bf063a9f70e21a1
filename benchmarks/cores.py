"""What the cores of this machine are worth together: one large product on one, then on all.

    python -m benchmarks.cores

A virtual core may be half of a real one. Then a second thread, device or process gains little, and
no other benchmark here can show that two gain anything. Linux only.
"""

import multiprocessing
import os
import time

import numpy as np
from threadpoolctl import threadpool_limits

SIZE, SECONDS = 1024, 3.0


def main() -> None:
    """Measures each core alone in turn, then all at the same time, and prints a sentence."""
    cores = sorted(os.sched_getaffinity(0))
    with multiprocessing.get_context("spawn").Pool(len(cores)) as pool:
        alone = [pool.apply(product, (core,)) for core in cores]
        together = pool.map(product, cores, chunksize=1)
    print(
        f"float32 products of {SIZE}², GFLOP/s: alone {_numbers(alone)}; at the same time "
        f"{_numbers(together)}. {len(cores)} cores are worth {worth(alone, together):.2f} of one."
    )


def product(core: int) -> float:
    """Returns the GFLOP/s of products on one core, by one thread."""
    os.sched_setaffinity(0, {core})
    left = np.random.default_rng(0).random((SIZE, SIZE), np.float32)
    with threadpool_limits(1):
        left @ left
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < SECONDS:
            left @ left
            count += 1
        return 2 * SIZE**3 * count / (time.perf_counter() - begun) / 1e9


def worth(alone: list[float], together: list[float]) -> float:
    """Returns how many times one core's speed all have together."""
    return sum(together) / (sum(alone) / len(alone))


def _numbers(rates: list[float]) -> str:
    return " and ".join(f"{rate:.0f}" for rate in rates)


if __name__ == "__main__":
    main()
