"""The fusion layer against Eqs 5–7 as loops over heads and keys, M4's beside it."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.frl_dgt.fusion import FusionLayer
from mol_jax.networks.frl_dgt.token_fusion import TokenFusion
from tests.mol_jax.networks.frl_dgt.drawn import normal, variables
from tests.mol_jax.networks.frl_dgt.test_attention import norm, softmax

B, M, C, HEADS = 3, 5, 8, 2
TOKENS = normal(0, (B, M, C))
LAYERS = {name: FusionLayer(HEADS, name) for name in ("before", "after")}
VARIABLES = {name: variables(layer, TOKENS, train=False) for name, layer in LAYERS.items()}
ORDER = np.array([3, 0, 4, 1, 2])


def projected(given, head):
    """Q, K and V of one head, each [B, M, c]."""
    x = norm(TOKENS, given["norm_tokens"])
    part = slice(head * C // HEADS, (head + 1) * C // HEADS)
    return (x @ np.asarray(given[name], np.float64)[:, part] for name in ("query", "key", "value"))


def before(given, mean_and_variance):
    """Eqs 5–7; mean_and_variance takes r [B, M] of a head and its number."""
    vectors, shares = [], []
    for head in range(HEADS):
        q, k, v = projected(given, head)
        r = np.zeros((B, M))
        for clip, key, query in np.ndindex(B, M, M):
            r[clip, key] += given["mix"][query] * (q[clip, query] @ k[clip, key])
        mean, variance = mean_and_variance(r, head)
        r = (r - mean) / np.sqrt(variance + 1e-5) * given["norm"]["scale"][head]
        weights = np.stack([softmax(row) for row in r])
        vectors.append(np.stack([w @ v[clip] for clip, w in enumerate(weights)]))
        shares.append(weights)
    return np.concatenate(vectors, axis=-1), np.mean(shares, axis=0)


def after(given):
    """All queries look, and what they saw is joined."""
    vectors, shares = [], []
    for head in range(HEADS):
        q, k, v = projected(given, head)
        joined, weights = np.zeros((B, C // HEADS)), np.zeros((B, M))
        for clip, query in np.ndindex(B, M):
            looked = softmax(k[clip] @ q[clip, query] / np.sqrt(C / HEADS))
            joined[clip] += given["mix"][query] * (looked @ v[clip])
            weights[clip] += given["mix"][query] * looked
        vectors.append(joined)
        shares.append(weights)
    return np.concatenate(vectors, axis=-1), np.mean(shares, axis=0)


def numbers(tree):
    return jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), tree)


def same(outputs, expected):
    for output, reference in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(output, reference, atol=1e-4)


@functools.partial(jax.jit, static_argnames="fusion")
def run(given, tokens=TOKENS, fusion="before"):
    return LAYERS[fusion].apply(given, tokens, train=False)


def test_predicting_it_equals_equations_5_to_7_with_running_statistics():
    given = numbers(VARIABLES["before"])
    running = given["batch_stats"]["norm"]
    expected = before(given["params"], lambda _, h: (running["mean"][h], running["var"][h]))
    same(run(VARIABLES["before"]), expected)


def test_training_it_equals_them_with_statistics_over_clips_and_keys():
    given = numbers(VARIABLES["before"]["params"])
    outputs, running = jax.jit(
        lambda given: LAYERS["before"].apply(given, TOKENS, train=True, mutable=["batch_stats"])
    )(VARIABLES["before"])
    same(outputs, before(given, lambda r, _: (r.mean(), r.var())))
    assert running["batch_stats"]["norm"]["var"].shape == (HEADS,)


def test_after_equals_loops_and_has_no_batch_norm():
    same(run(VARIABLES["after"], fusion="after"), after(numbers(VARIABLES["after"]["params"])))
    without = {name for name in VARIABLES["before"]["params"] if name != "norm"}
    assert set(VARIABLES["after"]["params"]) == without
    assert "batch_stats" not in VARIABLES["after"]


def test_at_first_the_query_is_the_mean_of_the_queries():
    layer = LAYERS["before"]
    mix = jax.jit(lambda: layer.init(jax.random.key(0), TOKENS, train=False)["params"]["mix"])()
    np.testing.assert_allclose(mix, 1 / M)
    given = changed(VARIABLES["before"], mix=lambda _: mix)
    vector, shares = run(given)
    given = numbers(given)
    variance, given = given["batch_stats"]["norm"]["var"], given["params"]
    for head in range(HEADS):
        q, k, v = projected(given, head)
        r = np.einsum("bc,bmc->bm", q.mean(axis=1), k) / np.sqrt(variance[head] + 1e-5)
        r *= given["norm"]["scale"][head]  # softmax takes off the mean
        weights = np.stack([softmax(row) for row in r])
        part = slice(head * C // HEADS, (head + 1) * C // HEADS)
        np.testing.assert_allclose(vector[:, part], np.einsum("bm,bmc->bc", weights, v), atol=1e-5)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, rtol=1e-6)


def changed(given, **leaves):
    """Returns variables with some leaves of "params", or of the norm's statistics, changed."""
    given = jax.tree.map(lambda leaf: leaf, given)
    for name, change in leaves.items():
        room = given["params"] if name in given["params"] else given["batch_stats"]["norm"]
        room[name] = change(room[name])
    return given


def test_a_constant_added_to_r_changes_nothing_so_the_norm_has_no_shift():
    """The running mean is such a constant; the running variance is not."""
    given = VARIABLES["before"]
    assert set(given["params"]["norm"]) == {"scale"}
    same(run(changed(given, mean=lambda mean: mean + 2)), run(given))
    moved = run(changed(given, var=lambda variance: variance * 4))
    assert np.abs(moved[0] - run(given)[0]).max() > 0.01


@pytest.mark.parametrize("fusion", ["before", "after"])
def test_permuting_tokens_and_w_leaves_the_vector_and_permuting_tokens_alone_does_not(fusion):
    given, moved = VARIABLES[fusion], TOKENS[:, ORDER]
    vector, weights = run(given, fusion=fusion)
    same(run(changed(given, mix=lambda w: w[ORDER]), moved, fusion), (vector, weights[:, ORDER]))
    assert np.abs(run(given, moved, fusion)[0] - vector).max() > 0.01


def test_positions_tell_tokens_apart_that_w_does_not():
    module = TokenFusion(depth=0, heads=HEADS)
    given = variables(module, TOKENS, train=False)
    given["params"]["fusion"]["mix"] = np.full(M, 1 / M, np.float32)
    run = jax.jit(lambda given, tokens: module.apply(given, tokens, train=False)[0])
    vector, moved = run(given, TOKENS), TOKENS[:, ORDER]
    params = given["params"]
    both = {**given, "params": {**params, "positions": params["positions"][ORDER]}}
    np.testing.assert_allclose(run(both, moved), vector, atol=1e-4)
    assert np.abs(run(given, moved) - vector).max() > 0.01


def test_not_fused_a_module_is_the_mean_of_its_projected_tokens_with_their_positions():
    module = TokenFusion(dim=4, attend=False)
    given = variables(module, TOKENS, train=False)
    vector, weights = jax.jit(lambda given: module.apply(given, TOKENS, train=False))(given)
    params = numbers(given["params"])
    tokens = np.asarray(TOKENS) @ params["projection"]["kernel"] + params["projection"]["bias"]
    np.testing.assert_allclose(vector, (tokens + params["positions"]).mean(axis=1), atol=1e-5)
    assert weights is None and set(params) == {"projection", "positions"}


def test_bfloat16_agrees_with_float32():
    half = dataclasses.replace(LAYERS["before"], dtype=jnp.bfloat16)
    outputs = jax.jit(lambda given: half.apply(given, TOKENS, train=False))(VARIABLES["before"])
    assert [output.dtype for output in outputs] == [jnp.bfloat16, jnp.float32]
    for output, expected in zip(outputs, run(VARIABLES["before"]), strict=True):
        np.testing.assert_allclose(output.astype(jnp.float32), expected, atol=0.05)
