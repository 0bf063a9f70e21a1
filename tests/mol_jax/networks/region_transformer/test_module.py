"""The region transformer against a forward pass written plainly; its regions, its attention."""

import itertools
import math

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn

from mol_jax.networks.region_transformer.module import RegionTransformer
from tests.mol_jax.networks import plain

IMAGES = np.random.default_rng(0).uniform(size=(2, 28, 28, 3)).astype(np.float32)
SMALL = RegionTransformer(3, dim=8, heads=2, repeats=(1, 2))
REGIONS = list(itertools.product(range(2), repeat=2))


@pytest.fixture(scope="module")
def params():
    return plain.random_params(SMALL, IMAGES)


@jax.jit
def run(params, images):
    """Returns the outputs, and what modules return by their path; of attention how it looks too."""
    seen = {}

    def watch(call, args, kwargs, context):
        returned = call(*args, **kwargs)
        path = "/".join(context.module.path)
        if context.method_name in ("__call__", "looks"):
            seen[path + "/looks" * (context.method_name == "looks")] = returned
        return returned

    with nn.intercept_methods(watch):
        outputs = SMALL.apply({"params": params}, images, train=True)
    return outputs, {path: leaf for path, leaf in seen.items() if path}


def norm(x, layer):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(var + 1e-6) * layer["scale"] + layer["bias"]


def gelu(x):
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


def attention(x, layer, heads):
    """Tokens [4,C] of one sequence, each head and each pair of tokens by itself."""
    size = x.shape[1] // heads
    q, k, v = np.split(x @ np.asarray(layer["qkv"], np.float64), 3, axis=1)
    mixed, rows = np.zeros_like(x), []
    for h, i in itertools.product(range(heads), range(4)):
        at = slice(h * size, (h + 1) * size)
        row = np.exp([q[i, at] @ k[j, at] / math.sqrt(size) for j in range(4)])
        rows.append(row / row.sum())
        mixed[i, at] = sum(rows[-1][j] * v[j, at] for j in range(4))
    return plain.dense(mixed, layer["out"]), rows


def layers(x, params, level, repeats, heads):
    """Tokens [4,C] through a level's layers, and the rows of attention of the last."""
    x = x + params[f"places{level}"]
    for i in range(repeats):
        layer = params[f"level{level}_layer{i + 1}"]
        change, rows = attention(norm(x, layer["norm_attention"]), layer["attention"], heads)
        x = x + change
        x = x + plain.dense(
            gelu(plain.dense(norm(x, layer["norm_mlp"]), layer["mlp_in"])), layer["mlp_out"]
        )
    return x, rows


def literal(image, params):
    """Returns the logits of one image, and the rows of attention between the regions."""
    tokens = []
    for row, column in REGIONS:
        region = image[14 * row : 14 * row + 14, 14 * column : 14 * column + 14].astype(float)
        patches = [region[7 * i : 7 * i + 7, 7 * j : 7 * j + 7].reshape(147) for i, j in REGIONS]
        x, _ = layers(plain.dense(np.stack(patches), params["patches"]), params, 1, 1, 2)
        join = {"kernel": params["join_kernel"], "bias": params["join_bias"]}
        x = plain.conv(x.reshape(1, 2, 2, 8), join, padding=1)
        tokens.append(norm(x, params["join_norm"]).max((0, 1, 2)))
    x, rows = layers(np.stack(tokens), params, 2, 2, 4)
    return plain.dense(norm(x, params["norm"]).mean(0), params["head"]["classes"]), rows


def test_it_is_the_literal_network_and_attends_as_its_loop(params):
    outputs, seen = run(params, IMAGES)
    looks = seen["level2_layer2/attention/looks"]  # [B,h,4,4]
    for image, logits, look in zip(IMAGES, outputs.logits, looks, strict=True):
        expected, rows = literal(image, params)
        np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(look.reshape(16, 4), rows, rtol=1e-3, atol=1e-5)
    assert np.abs(outputs.logits[0] - outputs.logits[1]).max() > 1e-2


def test_each_layer_has_its_shape(params):
    _, seen = run(params, IMAGES)
    shapes = {path: leaf.shape for path, leaf in seen.items() if not path.startswith("head")}
    expected = {"patches": (2, 4, 4, 8), "join_norm": (8, 2, 2, 16), "norm": (2, 4, 16)}
    expected |= {"level1_layer1": (8, 4, 8), "level1_layer1/attention/looks": (8, 2, 4, 4)}
    expected |= {f"level2_layer{i}": (2, 4, 16) for i in (1, 2)}
    expected |= {f"level2_layer{i}/attention/looks": (2, 4, 4, 4) for i in (1, 2)}
    assert {path: shapes[path] for path in expected} == expected


@pytest.mark.parametrize(
    ("module", "parameters"),
    [
        (RegionTransformer(3), 580_355),
        (RegionTransformer(5), 580_613),
        (RegionTransformer(3, dim=256, repeats=(2, 10)), 34_311_171),
    ],
)
def test_it_has_as_many_parameters_as_there_are(module, parameters):
    made = jax.eval_shape(lambda: module.init(jax.random.key(0), jnp.asarray(IMAGES), train=False))
    assert sum(leaf.size for leaf in jax.tree.leaves(made["params"])) == parameters


@pytest.mark.parametrize("region", range(4))
def test_moving_what_is_in_a_region_changes_its_own_tokens_before_the_regions_meet(params, region):
    row, column = REGIONS[region]
    other = IMAGES.copy()
    inside = other[:, 14 * row : 14 * row + 14, 14 * column : 14 * column + 14]
    inside[:] = np.roll(inside, (3, 5), axis=(1, 2))
    before, after = (run(params, images)[1] for images in (IMAGES, other))
    for path in ("patches", "level1_layer1", "join_norm"):
        change = np.abs(after[path] - before[path]).reshape(2, 4, 4, -1).max(-1)
        assert (change[:, region] > 1e-5).all(), "every token of its own"
        assert not np.delete(change, region, axis=1).any(), path
    met = np.abs(after["level2_layer1"] - before["level2_layer1"]).max(-1)
    assert (met > 1e-6).all()


@pytest.fixture(scope="module")
def gradient():
    """Returns the gradient of a weighted sum of one image's logits, compiled."""

    @jax.jit
    def compiled(params, image):
        def objective(params):
            logits = SMALL.apply({"params": params}, image, train=True).logits
            return (logits * np.float32([[1, -2, 3]])).sum()

        return jax.grad(objective)(params)

    return compiled


@pytest.mark.slow
def test_every_parameter_is_reached_and_nothing_moving_gives_finite_gradients(params, gradient):
    """The authors' queries, keys and places are not."""
    found = gradient(params, IMAGES[:1])
    for layer in ("level1_layer1", "level2_layer1", "level2_layer2"):
        q, k, v = np.split(np.asarray(found[layer]["attention"]["qkv"]), 3, axis=1)
        assert min(np.abs(part).max() for part in (q, k, v)) > 1e-6
    for leaf in jax.tree.leaves(found):
        assert np.abs(leaf).max() > 1e-6
    for still in (0 * IMAGES[:1], 0 * IMAGES[:1] + 0.5):
        chex.assert_tree_all_finite(gradient(params, still))


@pytest.mark.slow
def test_attention_is_of_four_and_learns_where_to_look(params, gradient):
    held = params
    for _ in range(20):
        change = gradient(held, IMAGES[:1])
        held = jax.tree.map(lambda x, g: np.asarray(x - 0.01 * g, np.float32), held, change)
    before, after = (run(p, IMAGES)[1] for p in (params, held))
    looks = [path for path in after if path.endswith("looks")]
    assert len(looks) == 3
    for path in looks:
        assert after[path].shape[2:] == (4, 4)
        np.testing.assert_allclose(after[path].sum(-1), np.ones(after[path].shape[:3]), rtol=1e-5)
        assert np.abs(after[path] - 0.25).max() > 0.02, "not the same of all"
        assert np.abs(after[path] - before[path]).max() > 1e-3
