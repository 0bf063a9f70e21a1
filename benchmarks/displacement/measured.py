"""How near a displacement is to the exact motion: correlations, errors, and their intervals.

Intervals are of 2.5 % to 97.5 % over people, who are drawn anew with all of their clips. Shapes: N
clips of S×S px.
"""

import dataclasses
from collections.abc import Callable, Sequence

import jax.numpy as jnp
import numpy as np

from mol_jax.networks.frl_dgt.displacement_losses import reconstruction
from mol_jax.networks.frl_dgt.warp import grid_units, warp

DRAWS = 2000


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A figure and the ends of its interval."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Tells whether the interval is on one side of 0."""
        return self.low > 0 or self.high < 0


def estimate(
    rows: np.ndarray, people: Sequence[str], figure: Callable[[np.ndarray], float]
) -> Estimate:
    """Returns a figure of rows [N,k], each of a clip, that it makes of their sum [k]."""
    names, person = np.unique(people, return_inverse=True)
    sums = np.zeros((len(names), rows.shape[1]))
    np.add.at(sums, person, rows)
    draws = np.random.default_rng(0).integers(0, len(names), (DRAWS, len(names)))
    found = [figure(sums[draw].sum(axis=0)) for draw in draws]
    return Estimate(figure(sums.sum(axis=0)), *np.quantile(found, [0.025, 0.975]))


def correlation_rows(motion: np.ndarray, exact: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Returns what a correlation over pixels is made of: motion [N,S,S,·], bool [N,S,S] → [N,6]."""
    rows = []
    for one, other, mask in zip(motion, exact, where, strict=True):
        a, b = one[mask].astype(float).ravel(), other[mask].astype(float).ravel()
        rows.append([a.size, a.sum(), b.sum(), a @ a, b @ b, a @ b])
    return np.array(rows)


def correlation(sums: np.ndarray) -> float:
    """Returns Pearson's correlation of summed `correlation_rows`; 0 where one never changes."""
    n, a, b, aa, bb, ab = sums
    spread = (aa - a * a / n) * (bb - b * b / n)
    return float((ab - a * b / n) / np.sqrt(spread)) if spread > 0 else 0.0


def share(sums: np.ndarray) -> float:
    """Returns the share of the exact motion that is recovered: ⟨D, exact⟩ / ⟨exact, exact⟩."""
    return float(sums[5] / sums[4])


def errors(motion: np.ndarray, exact: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Returns the mean end-point error of each clip over the pixels `where`, px [N]."""
    distance = np.linalg.norm(motion - exact, axis=-1)
    return np.array([one[mask].mean() for one, mask in zip(distance, where, strict=True)])


def ratios(motion: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Returns L_rec(D) / L_rec(0) of each clip [N], of uint8 [N,2,S,S] onset and apex."""
    onset, apex = jnp.moveaxis(jnp.asarray(pairs, jnp.float32), 1, 0)
    moved = reconstruction(warp(onset, grid_units(jnp.asarray(motion))), apex)
    return np.asarray(moved / reconstruction(onset, apex))


def mean(values: np.ndarray, people: Sequence[str]) -> Estimate:
    """Returns the mean of a value of each clip [N], with its interval."""
    rows = np.stack([np.ones(len(values)), values], axis=1)
    return estimate(rows, people, lambda sums: float(sums[1] / sums[0]))
