"""What Eq 4 asks for by itself: D of each clip as free numbers, with no network to make it.

    python -m benchmarks.displacement.free     # two minutes, of which half finds faces
    python -m benchmarks.displacement.free --config.data.crop=128

Adam takes Eq 4 down for every clip of configs/frl_dgt/small.py, at the config's weights, from
D of about 0.003 px and at a rate that falls to 0. Prints where it ends beside the exact motion.
"""

import sys
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
import optax
from ml_collections import ConfigDict

from benchmarks.displacement import exact, measured
from benchmarks.displacement.__main__ import DEFAULTS
from mol_jax.data import generated, load
from mol_jax.errors import leave
from mol_jax.networks.frl_dgt import displacement_losses, pairs
from mol_jax.networks.frl_dgt.warp import grid_units, pixels, warp
from mol_jax.settings import scalars
from mol_jax.study import command
from mol_jax.terminal import out
from mol_jax.text import tables

PROGRAM = command.Program(
    module="benchmarks.displacement.free", about=__doc__ or "", start="none", trains=False
)
STEPS, RATE = 300, 2e-3
START = 1e-4  # grid units
Loss = Callable[[jax.Array], jax.Array]  # D [N,S,S,2], grid units → Eq 4 of each pair [N]


def main(arguments: Sequence[str]) -> int:
    """The command line; returns the exit code."""
    return command.main([arguments[0], DEFAULTS[0], *arguments[1:]], PROGRAM, _run)


def _run(call: command.Call) -> int:
    command.prepare_jax(call.config)
    dataset = load.load(call.config, generated.ensure(call.config, console=out.console()))
    known = exact.of_dataset(call.config, dataset)
    shown = np.asarray(pairs.annotated(jnp.asarray(dataset.table.inputs["key_frames"])))
    loss = _loss(call.config, shown)
    motions = {
        "no motion": np.zeros_like(known.flow),
        "the exact motion": known.flow,
        "D free": np.asarray(pixels(_optimised(loss, known.flow.shape))),
    }
    people, rows = [name.person for name in dataset.names], []
    for name, motion in motions.items():
        sums = measured.correlation_rows(motion, known.flow, known.face).sum(axis=0)
        figures = (
            float(loss(grid_units(jnp.asarray(motion))).mean()),
            measured.mean(measured.ratios(motion, shown), people).value,
            measured.correlation(sums),
            measured.errors(motion, known.flow, known.face).mean(),
        )
        rows.append([name, *(f"{figure:.3f}" for figure in figures)])
    header = ["Eq 4", "L_rec(D)/L_rec(0)", "correlation, face", "EPE face, px"]
    print(tables.markdown(["", *header], rows))
    return 0


def _loss(config: ConfigDict, shown: np.ndarray) -> Loss:
    """Returns Eq 4 of pairs [N,2,S,S]."""
    (onset, apex), count, given = jnp.moveaxis(shown, 1, 0), len(shown), scalars(config)
    weights = displacement_losses.Weights(
        *(given[f"lambda_{name}"] for name in ("rec", "nm", "sm"))
    )

    def loss(free: jax.Array) -> jax.Array:
        moved = warp(onset, free)
        found = displacement_losses.terms(free, moved, apex, weights, clips=count, labelled=count)
        return sum(found.values(), start=jnp.zeros(count))

    return loss


def _optimised(loss: Loss, shape: tuple[int, ...]) -> jax.Array:
    """Returns the D [N,S,S,2] that Adam ends with."""
    optimiser = optax.adam(optax.cosine_decay_schedule(RATE, STEPS))
    gradient = jax.grad(lambda free: loss(free).sum())

    def step(state, _):
        free, moments = state
        updates, moments = optimiser.update(gradient(free), moments)
        return (optax.apply_updates(free, updates), moments), None

    free = START * jax.random.normal(jax.random.key(0), shape)
    run = jax.jit(lambda free: jax.lax.scan(step, (free, optimiser.init(free)), length=STEPS)[0][0])
    return run(free)


if __name__ == "__main__":
    leave(main(sys.argv))
