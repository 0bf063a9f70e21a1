"""Losses of an embedding against literal loops, and finite where there is nothing to compare."""

import functools
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks import metric_losses

RNG = np.random.default_rng(0)
LABEL = np.array([0, 1, 0, 2, 1, 0])
center = jax.jit(metric_losses.center)
triplet = jax.jit(metric_losses.triplet)
cosface = jax.jit(metric_losses.cosface)
EMBEDDING, CLASSES = RNG.normal(size=(6, 4)), RNG.normal(size=(3, 4))


def float32(x):
    return jnp.asarray(x, jnp.float32)


def unit(x):
    return np.array([row / np.sqrt(sum(row * row)) for row in x])


def test_center_loss_is_half_the_squared_distance():
    expected = [
        0.5 * sum((z - c) ** 2 for z, c in zip(EMBEDDING[i], CLASSES[LABEL[i]], strict=True))
        for i in range(6)
    ]
    found = center(float32(EMBEDDING), LABEL, float32(CLASSES))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    moved = jax.grad(lambda c: center(float32(EMBEDDING), LABEL, c).sum())
    by_hand = [sum(CLASSES[k] - EMBEDDING[i] for i in range(6) if LABEL[i] == k) for k in range(3)]
    np.testing.assert_allclose(moved(float32(CLASSES)), by_hand, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("margin", [0.0, 0.2, 1.5])
def test_triplets_are_the_hardest_of_the_batch(margin):
    z, expected = unit(EMBEDDING), []
    for i in range(6):
        away = [np.sqrt(sum((z[i] - z[j]) ** 2)) for j in range(6)]
        same = [away[j] for j in range(6) if j != i and LABEL[j] == LABEL[i]]
        other = [away[j] for j in range(6) if LABEL[j] != LABEL[i]]
        expected.append(max(0, margin + max(same) - min(other)) if same else 0)
    found = triplet(float32(EMBEDDING), LABEL, margin)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert found[3] == 0 and found[0] > 0  # the only one of its class has no triplet
    assert not triplet(float32(EMBEDDING), np.zeros(6, int), margin).any()


def test_clips_that_are_apart_enough_pull_no_more():
    z = np.repeat(np.eye(3), 2, axis=0)  # classes at right angles: √2 apart
    label = np.repeat(np.arange(3), 2)
    assert not triplet(float32(z), label, 1.4).any()
    found = triplet(float32(z), label, 1.6)
    np.testing.assert_allclose(found, 1.6 - 2**0.5, atol=1e-2)


@pytest.mark.parametrize(("scale", "margin"), [(30.0, 0.35), (5.0, 0.0)])
def test_cosface_is_the_cross_entropy_of_cosines_less_a_margin(scale, margin):
    z, w, expected = unit(EMBEDDING), unit(CLASSES), []
    for i in range(6):
        logits = [scale * (z[i] @ w[k] - margin * (k == LABEL[i])) for k in range(3)]
        expected.append(np.log(sum(np.exp(logits))) - logits[LABEL[i]])
    found = cosface(float32(EMBEDDING), LABEL, float32(CLASSES), scale=scale, margin=margin)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    longer = cosface(
        float32(7 * EMBEDDING), LABEL, float32(3 * CLASSES), scale=scale, margin=margin
    )
    np.testing.assert_allclose(longer, found, rtol=1e-4, atol=1e-5)


def test_gradients_are_finite_where_clips_are_alike_or_nothing():
    label = jnp.asarray([0, 0, 1])

    @jax.jit
    @functools.partial(jax.value_and_grad, argnums=(0, 1))
    def loss(z, classes):
        return (
            center(z, label, classes)
            + triplet(z, label, 0.2)
            + cosface(z, label, classes, scale=30.0, margin=0.35)
        ).sum()

    alike = np.ones((3, 4))
    for z, classes in itertools.product((0 * alike, alike, 1e4 * alike), (0 * alike, CLASSES)):
        value, grads = loss(float32(z), float32(classes[:3]))
        assert np.isfinite(value) and all(np.isfinite(grad).all() for grad in grads)


def test_half_precision_is_widened():
    half = jnp.asarray(EMBEDDING, jnp.bfloat16)
    for found in (
        center(half, LABEL, float32(CLASSES)),
        triplet(half, LABEL, 0.2),
        cosface(half, LABEL, float32(CLASSES), scale=30.0, margin=0.35),
    ):
        assert found.dtype == jnp.float32 and found.shape == (6,)
