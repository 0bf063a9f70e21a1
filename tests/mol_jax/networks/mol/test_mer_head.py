"""Fusion of a pair's frames, and the head at every depth."""

from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.mol.mer_head import Fusion, MerHead, fuse, max_pool
from mol_jax.networks.mol.pairs import Pairs

# Each frame's map holds its own number, so a fused map says where it came from.
FEATURES = jnp.arange(1.0, 4.0).reshape(1, 3, 1, 1, 1) * jnp.ones((1, 1, 2, 2, 1))


@pytest.mark.parametrize(
    ("fusion", "expected"),
    [
        ("concat", [[1], [2], [2], [3]]),
        ("concat_channels", [[1, 2], [2, 3]]),
        ("add", [[3], [5]]),
        ("subtract", [[1], [1]]),
        ("first", [[1], [2]]),
        ("last", [[2], [3]]),
        ("all", [[1], [2], [3]]),
    ],
)
def test_fusion(fusion, expected):
    fused = fuse(Pairs(FEATURES, FEATURES, 2), fusion)
    apart = fuse(Pairs(FEATURES[:, :-1], FEATURES[:, 1:], 2), fusion)
    np.testing.assert_array_equal(apart, fused)
    np.testing.assert_array_equal(fused[0, :, 0, 0], np.asarray(expected, np.float32))


@pytest.mark.parametrize("depth", [1, 2, 3, 5, 6, 14, 16, 30])
def test_every_depth_gives_logits(depth):
    head = MerHead(3, width=1 / 8)
    x = jnp.zeros((2, depth, 8, 8, 4))

    def init(x):
        return head.init_with_output(jax.random.key(0), x, train=False, dropout_rate=0.5)

    (logits, embedding), variables = jax.eval_shape(init, x)
    assert logits.shape == (2, 3) and embedding.shape == (2, 32)
    assert variables["params"]["conv"]["kernel"].shape == (min(5, depth), 2, 2, 4, 4)


@pytest.mark.parametrize("time", [1, 2, 3, 6])
def test_max_pool_takes_blocks_of_which_a_last_odd_step_is_one(time):
    x = jnp.asarray(np.random.default_rng(0).normal(size=(1, time, 4, 2, 2)), jnp.float32)
    y = max_pool(x)
    assert y.shape == (1, -(-time // 2), 2, 1, 2)
    for block, start in enumerate(range(0, time, 2)):
        by_hand = np.asarray(x)[0, start : start + 2, 2:].max((0, 1, 2))
        np.testing.assert_array_equal(y[0, block, 1, 0], by_hand)


NAMED = {"first": slice(None, -1), "last": slice(1, None)}  # the frames a fusion reads; else all


@pytest.mark.parametrize(
    "frames", [2, 4, *(pytest.param(frames, marks=pytest.mark.slow) for frames in (8, 10, 16))]
)
@pytest.mark.parametrize("fusion", get_args(Fusion))
def test_every_frame_that_a_fusion_names_reaches_the_logits(fusion, frames):
    head = MerHead(3, width=1)
    rng = np.random.default_rng(0)
    features = jnp.asarray(rng.normal(size=(1, frames, 4, 4, 2)), jnp.float32)

    def read(features):
        return head.apply(variables, fused(features), train=False, dropout_rate=0.0)[0].sum()

    def fused(features):
        return fuse(Pairs(features, features, frames - 1), fusion)

    shapes = jax.eval_shape(
        lambda x: head.init(jax.random.key(0), fused(x), train=False, dropout_rate=0.0),
        features,
    )
    variables = jax.tree.map(lambda leaf: jnp.asarray(rng.normal(size=leaf.shape), "f4"), shapes)
    gradient = np.abs(jax.grad(read)(features)).sum(axis=(0, 2, 3, 4))
    named = np.zeros(frames, bool)
    named[NAMED.get(fusion, slice(None))] = True
    np.testing.assert_array_equal(gradient > 0, named)
