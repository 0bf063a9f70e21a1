"""A file of weights of a network that there is not, for tests of files alone."""

import numpy as np

from mol_jax.weights import NOBODY, Card, write

CARD = Card(
    network="mol",
    model={"width": 16, "fcc": "both"},
    tasks=("mer", "flow"),
    crop=64,
    frames=2,
    normalisation="fixed",
    classes=("negative", "positive", "surprise"),
    people=NOBODY,
    steps=1200,
    origin={"name": "generated", "identities": 100},
    licence="CC0-1.0",
    versions={"jax": "0.10.2"},
    figures={"uf1": 0.5},
)


def variables() -> tuple[dict, dict]:
    """Returns parameters and collections whose every number is another."""
    rng = np.random.default_rng(0)
    params = {
        "f5c_0": {"norm": {"scale": rng.normal(size=4).astype(np.float32)}},
        "head": {"kernel": rng.normal(size=(4, 3)).astype(np.float32)},
        "centres": rng.normal(size=(3, 2)).astype(np.float32),
    }
    mean = rng.normal(size=4).astype(np.float32)
    return params, {"batch_stats": {"f5c_0": {"norm": {"mean": mean}}}}


def file(path, card=CARD, **how) -> str:
    return write(path, *variables(), card, **how)
