"""GRAPH-AU's layers against a forward pass written plainly; its parameters, its rates."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.graph_au import module
from mol_jax.networks.graph_au.graph import normalised
from mol_jax.networks.graph_au.module import GraphAu, GraphAuInputs
from mol_jax.networks.network import Facts
from tests.mol_jax.networks.every import NETWORKS

RNG = np.random.default_rng(0)
PATCHES = RNG.normal(size=(3, 30, 7, 7, 3)).astype(np.float32)
ADJACENCY = np.asarray(normalised(jnp.asarray(RNG.uniform(size=(9, 9)), jnp.float32)))
INPUTS = GraphAuInputs(jnp.asarray(PATCHES), jnp.asarray(ADJACENCY))
NETWORK = GraphAu(3, layers=2)  # in a chain


@pytest.fixture(scope="module")
def variables():
    """Returns variables of which none is 0 or 1, drawn without compiling what draws them."""
    rates = {"dropout": 0.0, "attention_dropout": 0.0}
    shapes = jax.eval_shape(lambda: NETWORK.init(jax.random.key(0), INPUTS, train=False, **rates))
    rng = np.random.default_rng(1)

    def drawn(path, leaf):
        around = path[-1].key in ("scale", "var")
        return np.asarray(around + 0.1 * rng.normal(size=leaf.shape), np.float32)

    return jax.tree_util.tree_map_with_path(drawn, shapes)


def run(variables, inputs=INPUTS, rates=(0.0, 0.0), key=0, *, train=True):
    return compiled(variables, inputs, rates, key, train)


@functools.partial(jax.jit, static_argnames="train")
def compiled(variables, inputs, rates, key, train):
    outputs, _ = NETWORK.apply(
        variables,
        inputs,
        train=train,
        dropout=rates[0],
        attention_dropout=rates[1],
        mutable=["batch_stats"],
        rngs={"dropout": jax.random.key(key)},
    )
    return outputs


def normed(x, p):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-6) * p["scale"] + p["bias"]


def affine(x, p):
    return x @ p["kernel"] + p.get("bias", 0)


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()


def attended(tokens, p):
    """Eight heads of sixteen numbers, one token after another."""
    seen = np.zeros((len(tokens), 128))
    q, k, v = np.split(affine(tokens, p["qkv"]), 3, axis=1)
    for head in range(8):
        of = slice(16 * head, 16 * (head + 1))
        for i in range(len(tokens)):
            weights = softmax([q[i, of] @ k[j, of] / 4 for j in range(len(tokens))])
            seen[i, of] = sum(w * v[j, of] for j, w in enumerate(weights))
    return affine(seen, p["out"])


def region(tokens, p):
    x = tokens
    for of in (p["layer1"], p["layer2"]):
        x = normed(x + attended(x, of["attention"]), of["norm1"])
        x = normed(x + affine(np.maximum(affine(x, of["wide"]), 0), of["narrow"]), of["norm2"])
    x = np.maximum(affine(x.reshape(-1), p["hidden1"]), 0)
    return np.maximum(affine(x, p["hidden2"]), 0)


def nodes(held, *, train):
    kernel = held["params"]["nodes"]["kernel"].reshape(30, 3, 3, 3)
    maps = np.zeros((3, 30, 7, 7))
    padded = np.pad(PATCHES, ((0, 0), (0, 0), (1, 1), (1, 1), (0, 0)))
    for n, i, j in np.ndindex(30, 7, 7):
        windows = padded[:, n, i : i + 3, j : j + 3]
        maps[:, n, i, j] = (windows * kernel[n]).sum((1, 2, 3))
    p, stats = held["params"]["nodes"]["norm"], held["batch_stats"]["nodes"]["norm"]
    for n in range(30):
        one = maps[:, n]
        mean, var = (one.mean(), one.var()) if train else (stats["mean"][n], stats["var"][n])
        maps[:, n] = (one - mean) / np.sqrt(var + 1e-5) * p["scale"][n] + p["bias"][n]
    return np.maximum(maps, 0).reshape(3, 30, 49)


def literal(held, *, train):
    p = jax.tree.map(lambda x: np.asarray(x, np.float64), held["params"])
    units = p["units"]["units"]
    for name in ("graph1", "graph2"):
        units = ADJACENCY @ units @ p["units"][name]
        units = np.where(units > 0, units, 0.2 * units)
    agreements = [
        np.concatenate(
            [units[:3] @ region(one[:10], p["brow"]), units[3:] @ region(one[10:], p["mouth"])]
        )
        for one in nodes(held, train=train)
    ]
    embedding = normed(np.array(agreements), p["norm"])
    return affine(embedding, p["classes"]), embedding


@pytest.mark.slow
@pytest.mark.parametrize("train", [False, True])
def test_it_is_the_literal_network(variables, train):
    logits, embedding = literal(variables, train=train)
    outputs = run(variables, train=train)
    np.testing.assert_allclose(outputs.embedding, embedding, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(outputs.logits, logits, rtol=1e-3, atol=1e-4)
    assert np.ptp(logits, axis=0).min() > 0.03


@pytest.mark.slow
def test_both_rates_are_of_training_alone(variables):
    still = run(variables).logits
    for rates in ((0.5, 0.0), (0.0, 0.5)):
        one, other = (run(variables, rates=rates, key=key).logits for key in (0, 1))
        assert not np.array_equal(one, other) and not np.array_equal(one, still)


def test_it_drops_weights_of_attention_both_outputs_of_a_layer_and_the_wide_hidden_one(monkeypatch):
    dropped = []
    noted = lambda _, x, rate: dropped.append((x.shape, rate)) or x  # noqa: E731
    monkeypatch.setattr(module, "dropout", noted)
    draw = {name: jax.random.key(0) for name in ("params", "dropout")}
    rates = {"dropout": 0.5, "attention_dropout": 0.1}
    jax.eval_shape(lambda: NETWORK.init(draw, INPUTS, train=True, **rates))
    layer = {n: [((3, 8, n, n), 0.1), ((3, n, 49), 0.5), ((3, n, 49), 0.5)] for n in (10, 20)}
    assert dropped == [one for n in (10, 20) for one in (*layer[n], *layer[n], ((3, 320), 0.5))]


@pytest.mark.parametrize(
    ("classes", "layers", "count"),
    [(3, 1, 667_048), (5, 1, 667_068), (3, 6, 667_048 + 380_050)],
)
def test_it_has_as_many_parameters_as_there_are(classes, layers, count):
    init = functools.partial(GraphAu(classes, layers).init, train=False)
    made = jax.eval_shape(
        lambda: init(jax.random.key(0), INPUTS, dropout=0.0, attention_dropout=0.0)
    )
    assert sum(leaf.size for leaf in jax.tree.leaves(made["params"])) == count


def test_it_sees_flow_over_2_px_and_strain_over_a_fifth_and_no_unit_of_the_clip():
    network = NETWORKS["graph_au"].program().network
    facts = Facts(jnp.ones(3), own=INPUTS.adjacency)
    seen = network.inputs(Batch(*[None] * 4, {"node_patches": INPUTS.patches}), facts)
    np.testing.assert_allclose(seen.patches, PATCHES / np.float32([2, 2, 0.2]), rtol=1e-6)
    assert seen.adjacency is INPUTS.adjacency
