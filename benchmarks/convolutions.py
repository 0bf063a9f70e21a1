"""Time of 'patches' against 'lax' for the kinds of convolution in MOL, with both gradients.

    python benchmarks/convolutions.py            # about four minutes on two cores
    python benchmarks/convolutions.py --quick    # the narrow sizes only, a quarter of it

Prints the table of benchmarks/README.md: each row is one convolution, each ratio the time of 'lax'
over that of 'patches', both measured in this run, in turn: by itself ('plain'), inside a `lax.scan`
of two steps, and mapped over two kernels. Above 1, 'patches' is faster.
`mol_jax.networks.convolutions` picks by these ratios.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from mol_jax.networks import convolutions

REPEATS = 7


class Case(NamedTuple):
    """One convolution of the model: `batch` maps of side×side px."""

    layer: str
    kind: str  # 'conv' or 'transposed'
    batch: int
    side: int
    size: int
    stride: int
    inputs: int
    outputs: int


SETTINGS = {"plain": "plain", "scan": "in a scan", "vmap": "mapped kernels"}

# Crop 64, flow width 1/8, 12 clips of two frames.
NARROW = (
    Case("conv1", "conv", 24, 64, 6, 2, 1, 8),
    Case("conv3_1", "conv", 12, 8, 3, 1, 117, 32),
    Case("conv4_1", "conv", 12, 4, 3, 1, 64, 64),
    Case("conv5_1", "conv", 12, 2, 3, 1, 64, 64),
    Case("flow1", "conv", 12, 32, 3, 1, 18, 2),
    Case("flow0", "conv", 12, 64, 3, 1, 7, 2),
    Case("deconv3", "transposed", 12, 4, 4, 2, 98, 16),
    Case("deconv1", "transposed", 12, 16, 4, 2, 34, 8),
    Case("deconv0", "transposed", 12, 32, 4, 2, 18, 4),
)
# Crop 128, the paper's widths, one clip of two frames and one of eight in the decoder.
FULL = (
    Case("conv2", "conv", 2, 64, 4, 2, 64, 128),
    Case("conv3_1", "conv", 7, 16, 3, 1, 513, 256),
    Case("conv5_1", "conv", 7, 4, 3, 1, 512, 512),
    Case("conv6_1", "conv", 7, 2, 3, 1, 1024, 1024),
    Case("flow1", "conv", 7, 64, 3, 1, 130, 2),
    Case("deconv3", "transposed", 7, 8, 4, 2, 770, 128),
    Case("deconv1", "transposed", 7, 32, 4, 2, 258, 64),
)


def main() -> None:
    """Prints the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the narrow sizes only")
    cases = NARROW if parser.parse_args().quick else NARROW + FULL
    print("| layer | N | map | kernel | channels |", " | ".join(SETTINGS.values()), "|")
    print("|---" * (5 + len(SETTINGS)) + "|")
    for case in cases:
        print(_row(case), flush=True)


def _row(case: Case) -> str:
    sizes = f"{case.side}² | {case.size} s{case.stride} | {case.inputs}→{case.outputs}"
    ratios = (
        prepared(case, setting, "lax")() / prepared(case, setting, "patches")()
        for setting in SETTINGS
    )
    return f"| {case.layer} | {case.batch} | {sizes} | {' | '.join(f'{r:.1f}' for r in ratios)} |"


def prepared(
    case: Case, setting: str, lowering: convolutions.Lowering, dtype: str = "float32"
) -> Callable[[], float]:
    """Returns what measures both gradients of a convolution in one of SETTINGS, compiled.

    Each call of it returns the median of `REPEATS` times, seconds.
    """
    of_x, of_kernel = jax.random.split(jax.random.key(0))
    x = jax.random.normal(of_x, (case.batch, case.side, case.side, case.inputs), dtype)
    shape = (case.size, case.size, case.inputs, case.outputs)
    kernel = jax.random.normal(of_kernel, shape, dtype)

    def objective(kernel, x):
        if case.kind == "transposed":
            y = convolutions.conv_transpose(x, kernel, lowering=lowering)
        else:
            padding = (case.size - 1) // 2
            y = convolutions.conv(x, kernel, stride=case.stride, padding=padding, lowering=lowering)
        return jnp.sum(jnp.square(y))

    gradients = jax.grad(objective, argnums=(0, 1))
    run = {
        "plain": gradients,
        "scan": lambda k, x: lax.scan(lambda c, x: _descend(gradients, c, x), k, jnp.stack([x, x])),
        "vmap": lambda k, x: jax.vmap(gradients)(jnp.stack([k, k]), jnp.stack([x, x])),
    }[setting]
    step = jax.jit(run).lower(kernel, x).compile()
    jax.block_until_ready(step(kernel, x))
    return lambda: statistics.median(_seconds(step, kernel, x) for _ in range(REPEATS))


def _descend(gradients, kernel, x):
    """A scan body whose next step needs this one: nothing can be moved out of the loop."""
    for_kernel, for_x = gradients(kernel, x)
    return kernel - 1e-6 * for_kernel, for_x


def _seconds(step, *args) -> float:
    start = time.perf_counter()
    jax.block_until_ready(step(*args))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
