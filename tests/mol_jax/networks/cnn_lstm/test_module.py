"""The CNN of each pair against a forward pass written plainly; what knows the order, what not."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.cnn_lstm.module import CnnLstm
from mol_jax.networks.cnn_lstm.temporal import Causal, Lstm
from mol_jax.networks.network import Facts
from tests.mol_jax.networks import plain
from tests.mol_jax.networks.every import NETWORKS

CLIPS = np.random.default_rng(0).normal(size=(2, 7, 28, 28, 3)).astype(np.float32)
JOINS = {
    "lstm": lambda params, x: Lstm(128).apply({"params": params["lstm"]}, x),
    "tcn": lambda params, x: Causal(128).apply({"params": params["tcn"]}, x),
    "mean": lambda params, x: x.mean(axis=1),
}


@functools.cache
def params(temporal):
    return plain.random_params(CnnLstm(3, temporal), CLIPS, dropout=0.0)


@functools.partial(jax.jit, static_argnames=("temporal", "train"))
def run(params, clips, rate=0.0, key=0, *, temporal="lstm", train=False):
    return CnnLstm(3, temporal).apply(
        {"params": params}, clips, train=train, dropout=rate, rngs={"dropout": jax.random.key(key)}
    )


@pytest.mark.parametrize(
    "temporal", ["mean", *(pytest.param(name, marks=pytest.mark.slow) for name in ("lstm", "tcn"))]
)
def test_it_is_the_literal_network_and_knows_the_order_or_not(temporal):
    held, x = params(temporal), CLIPS.reshape(14, 28, 28, 3)
    for layer in ("conv1", "conv2"):
        x = plain.max_pool(plain.relu(plain.conv(x, held[layer], padding=2)), 2)
    pairs = plain.relu(plain.dense(x.reshape(14, 7 * 7 * 32), held["hidden"])).reshape(2, 7, 128)
    clip = np.asarray(JOINS[temporal](held, np.float32(pairs)))
    found = run(held, CLIPS, temporal=temporal)
    np.testing.assert_allclose(found.embedding, clip, rtol=1e-4, atol=1e-4)
    logits = plain.dense(clip, held["head"]["classes"])
    np.testing.assert_allclose(found.logits, logits, rtol=1e-4, atol=1e-4)
    back = np.abs(run(held, CLIPS[:, ::-1], temporal=temporal).logits - found.logits).max()
    assert back < 1e-5 if temporal == "mean" else back > 1e-3


@pytest.mark.parametrize(
    ("classes", "temporal", "parameters"),
    [(3, "lstm", 346_851), (5, "lstm", 347_109), (3, "mean", 215_267), (3, "tcn", 313_827)],
)
def test_it_has_as_many_parameters_as_there_are(classes, temporal, parameters):
    assert plain.count(CnnLstm(classes, temporal), CLIPS) == parameters


def test_dropout_is_of_training_alone_and_of_pairs_and_of_the_clip():
    held = params("mean")
    draw = functools.partial(run, held, CLIPS, temporal="mean")
    first, second = (draw(0.5, key, train=True) for key in (0, 1))
    assert not np.array_equal(first.logits, second.logits)
    straight = draw(0.0, 0, train=True).embedding
    np.testing.assert_array_equal(draw(0.9, 1).embedding, draw(0.0, 0).embedding)
    moved = np.asarray(straight) > 0
    found, expected = np.asarray(first.embedding)[moved], np.asarray(straight)[moved]
    assert 0.35 < (found == 0).mean() < 0.65, "the clip's"
    kept = found > 0
    assert np.isclose(found, 2 * expected, rtol=1e-3)[kept].mean() < 0.2, "the pairs'"


@pytest.mark.parametrize("how", ["fixed", "absmax", "minmax"])
def test_a_clips_pairs_share_their_range(how):
    """So a pair that moves twice as far stays twice as far; other clips change nothing."""
    sequence = np.random.default_rng(2).normal(size=(2, 3, 28, 28, 3))
    sequence[:, 1] = 2 * sequence[:, 0]
    network = NETWORKS["cnn_lstm"].program(**{"model.normalise": how}).network

    def seen(clips):
        batch = Batch(None, None, None, None, {"flow_sequence_4": jnp.asarray(clips, jnp.float32)})
        return np.asarray(network.inputs(batch, Facts(jnp.ones(3))))

    found = seen(sequence)
    zero = seen(np.concatenate([0 * sequence[:, :1], sequence[:, 1:]], axis=1))[:, 0]
    if how != "minmax":  # which forgets where zero is
        np.testing.assert_allclose(found[:, 1], 2 * found[:, 0], rtol=1e-4, atol=1e-5)
        assert not zero.any()
    spread = found.std((2, 3))
    np.testing.assert_allclose(spread[:, 1], 2 * spread[:, 0], rtol=1e-4)
    np.testing.assert_array_equal(seen(sequence[:1]), found[:1])
