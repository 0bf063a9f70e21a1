"""The losses of a classifier against cases worked by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks import classification


def test_cross_entropy_by_hand():
    logits = jnp.log(jnp.asarray([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5]]))
    found = classification.cross_entropy(logits, jnp.asarray([0, 2]), label_smoothing=0.0)
    np.testing.assert_allclose(found, [-np.log(0.7), np.log(2)], rtol=1e-5)
    smooth = classification.cross_entropy(logits, jnp.asarray([0, 2]), label_smoothing=0.3)
    mean = -np.log([0.7 * 0.2 * 0.1, 0.25 * 0.25 * 0.5]) / 3
    np.testing.assert_allclose(smooth, 0.7 * found + 0.3 * mean, rtol=1e-5)


def _softmax(logits):
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def test_focal_loss_by_hand():
    logits, label = np.array([[0.3, -1.0, 2.0], [1.0, 0.5, 0.0]]), [2, 1]
    found = classification.cross_entropy(jnp.asarray(logits), jnp.asarray(label), focal_gamma=2.0)
    p = _softmax(logits)[[0, 1], label]
    np.testing.assert_allclose(found, -((1 - p) ** 2) * np.log(p), rtol=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_loss_of_a_certain_clip_has_a_finite_gradient(gamma):
    def loss(logits):
        return classification.cross_entropy(logits, jnp.asarray([0]), focal_gamma=gamma).sum()

    value, gradient = jax.value_and_grad(loss)(jnp.asarray([[200.0, 0.0, -5.0]]))
    assert np.isfinite(value) and np.isfinite(gradient).all()


def test_supervised_contrastive_loss_is_its_double_sum():
    rng = np.random.default_rng(0)
    label, temperature = np.array([0, 1, 0, 2, 1, 0]), 0.2
    embedding = rng.normal(size=(6, 4))
    z = embedding / np.linalg.norm(embedding, axis=1, keepdims=True)
    expected = np.zeros(6)
    for i in range(6):
        others = [a for a in range(6) if a != i]
        positives = [p for p in others if label[p] == label[i]]
        total = sum(np.exp(z[i] @ z[a] / temperature) for a in others)
        for p in positives:
            expected[i] -= np.log(np.exp(z[i] @ z[p] / temperature) / total) / len(positives)
    found = classification.supervised_contrastive(
        jnp.asarray(embedding, jnp.float32), jnp.asarray(label), temperature
    )
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert found[3] == 0  # the only one of its class


def test_supervised_contrastive_gradient_is_finite_for_an_embedding_of_zeros():
    def loss(embedding):
        return classification.supervised_contrastive(embedding, jnp.asarray([0, 0, 1]), 0.1).sum()

    assert np.isfinite(jax.grad(loss)(jnp.zeros((3, 4)))).all()
