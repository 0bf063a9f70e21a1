"""RCN-A's layers against a forward pass written plainly; its statistics, parameters, gradients."""

import functools

import chex
import jax
import numpy as np
import pytest
from scipy.signal import correlate2d

from mol_jax.networks.rcn_a.module import RcnA
from tests.mol_jax.networks import plain
from tests.mol_jax.networks.rcn_a.test_attention import literal as literal_attention

IMAGES = np.random.default_rng(0).uniform(size=(2, 60, 60, 3)).astype(np.float32)
NETWORK = RcnA(3, channels=2, pool=7)


@pytest.fixture(scope="module")
def variables():
    return plain.drawn(NETWORK, IMAGES)


@functools.partial(jax.jit, static_argnames="train")
def run(variables, images, dropout=0.0, key=0, *, train):
    """Returns the outputs, and the variables that moved."""
    return NETWORK.apply(
        variables,
        images,
        train=train,
        dropout=dropout,
        mutable=["batch_stats"],
        rngs={"dropout": jax.random.key(key)},
    )


def conv(x, kernel, how):
    return np.stack(
        [
            [
                sum(correlate2d(one[..., c], kernel[..., c, d], how) for c in range(one.shape[-1]))
                for d in range(kernel.shape[-1])
            ]
            for one in x
        ]
    ).transpose(0, 2, 3, 1)


def pooled(x, side, take):
    size = x.shape[1] // side
    made = np.empty((len(x), side, side, x.shape[-1]))
    for i, j in np.ndindex(side, side):
        made[:, i, j] = take(x[:, size * i : size * (i + 1), size * j : size * (j + 1)], (1, 2))
    return made


def literal(held, *, train):
    """Returns logits and the running statistics after it, each layer by itself."""
    p, stats = held["params"], {k: dict(v) for k, v in held["batch_stats"].items()}

    def normed(x, name):
        mean, var = stats[name]["mean"], stats[name]["var"]
        if train:
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
            stats[name] = {
                "mean": 0.9 * stats[name]["mean"] + 0.1 * mean,
                "var": 0.9 * stats[name]["var"] + 0.1 * var,
            }
        y = (x - mean) / np.sqrt(var + 1e-5) * p[name]["scale"] + p[name]["bias"]
        return np.maximum(y, 0)

    x = pooled(normed(conv(IMAGES, p["kernel_5"], "valid"), "norm_5"), 28, np.max)
    a = normed(conv(x, p["kernel_1"], "same"), "norm_1")
    y = normed(conv(x + a, p["kernel_3"], "same"), "norm_3")
    y = normed(conv(x + y, p["kernel_3"], "same"), "norm_3")
    y = pooled(pooled(y, 14, np.max), 7, np.mean)
    y = y * literal_attention(pooled(x, 7, np.mean), p["weights"])
    return np.einsum("bijc,ijcn->bn", y, p["weights"]) + p["bias"], stats


@pytest.mark.parametrize("train", [False, True])
def test_it_is_the_literal_network_and_its_statistics_move_twice_an_update(variables, train):
    logits, stats = literal(variables, train=train)
    outputs, moved = run(variables, IMAGES, train=train)
    assert outputs.logits.shape == (2, 3) and outputs.embedding.shape == (2, 98)
    np.testing.assert_allclose(outputs.logits, logits, rtol=1e-3, atol=1e-3)
    chex.assert_trees_all_close(moved["batch_stats"], stats, rtol=1e-4, atol=1e-5)
    before = variables["batch_stats"]["norm_3"]["mean"]
    assert np.array_equal(moved["batch_stats"]["norm_3"]["mean"], before) != train


@pytest.mark.parametrize(
    ("classes", "channels", "pool", "count"),
    [(3, 64, 7, 55_555), (5, 64, 7, 61_829), (3, 32, 5, 15_331 - 96), (5, 32, 5, 16_933 - 96)],
)
def test_it_has_as_many_parameters_as_there_are(classes, channels, pool, count):
    """The last two as published, less three biases of 32 channels before batch norm."""
    assert plain.count(RcnA(classes, channels, pool), IMAGES) == count


def test_kernels_start_by_what_they_lead_to_and_the_classes_small():
    init = jax.jit(RcnA(40, 32, 5).init, static_argnames="train")
    made = init(jax.random.key(0), IMAGES[:1], train=False, dropout=0.0)["params"]
    for size in (5, 1, 3):
        kernel = made[f"kernel_{size}"]
        assert kernel.std() == pytest.approx((2 / (size**2 * 32)) ** 0.5, rel=0.1)
    assert made["weights"].std() == pytest.approx(0.01, rel=0.05)
    np.testing.assert_array_equal(made["bias"], np.zeros(40))


def test_dropout_is_after_either_pooling_and_of_training_alone(variables):
    def ran(rate, key, train=True):
        outputs, moved = run(variables, IMAGES, rate, key, train=train)
        return outputs, {k: v["mean"] for k, v in moved["batch_stats"].items()}

    (first, means), (second, others) = ran(0.9, 0), ran(0.9, 1)
    np.testing.assert_array_equal(means["norm_5"], others["norm_5"])  # which nothing is before
    assert (means["norm_1"] != others["norm_1"]).all()
    for outputs in (first, second):  # a place is the mean of four, of which all are often dropped
        assert 0.5 < (outputs.embedding == 0).mean() < 0.9
    still = [ran(rate, key, train)[0] for rate, key, train in
             ((0.0, 0, True), (0.0, 1, True), (0.5, 0, False), (0.9, 1, False))]  # fmt: skip
    assert (still[0].embedding == 0).mean() < 0.2
    np.testing.assert_array_equal(still[0].logits, still[1].logits)
    np.testing.assert_array_equal(still[2].logits, still[3].logits)


def test_the_classes_weights_are_reached_through_the_attention_too(variables):
    """Class 0's logit reads class 1's weights nowhere else."""
    params = variables["params"]

    def logit(weights):
        held = {**variables, "params": params | {"weights": weights}}
        return run(held, IMAGES, train=False)[0].logits[:, 0].sum()

    assert np.abs(jax.grad(logit)(params["weights"])[..., 1]).max() > 1e-5
