"""The Attn block against loops over heads and tokens."""

import jax
import numpy as np

from mol_jax.networks.frl_dgt.attention import AttnBlock
from tests.mol_jax.networks.frl_dgt.drawn import normal, variables

B, M, C, HEADS = 2, 5, 8, 2
TOKENS = normal(0, (B, M, C))
BLOCK = AttnBlock(depth=2, heads=HEADS, mlp_ratio=3)
VARIABLES = variables(BLOCK, TOKENS, train=False)


def norm(x, given):
    x = np.asarray(x, np.float64)
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
    return x * given["scale"] + given["bias"]


def softmax(x):
    weights = np.exp(x - x.max())
    return weights / weights.sum()


def literal(params, x):
    """One layer after the other, one head and one query after the other."""
    for layer in range(2):
        here = {name.removesuffix(f"_{layer}"): leaf for name, leaf in params.items()}
        y = norm(x, here["norm_attention"])
        q, k, v = np.split(y @ here["qkv"]["kernel"], 3, axis=-1)
        mixed = np.zeros_like(y)
        for clip, head, query in np.ndindex(B, HEADS, M):
            part = slice(head * C // HEADS, (head + 1) * C // HEADS)
            scores = k[clip, :, part] @ q[clip, query, part] / np.sqrt(C / HEADS)
            mixed[clip, query, part] = softmax(scores) @ v[clip, :, part]
        x = x + mixed @ here["out"]["kernel"] + here["out"]["bias"]
        y = norm(x, here["norm_mlp"]) @ here["mlp_in"]["kernel"] + here["mlp_in"]["bias"]
        x = x + np.asarray(jax.nn.gelu(y)) @ here["mlp_out"]["kernel"] + here["mlp_out"]["bias"]
    return x


def test_it_equals_loops_over_heads_and_tokens():
    params = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), VARIABLES["params"])
    expected = literal(params, np.asarray(TOKENS, np.float64))
    run = jax.jit(lambda given: BLOCK.apply(given, TOKENS, train=False))
    np.testing.assert_allclose(run(VARIABLES), expected, atol=2e-4)
    assert {name for name in params if "bias" not in params[name]} == {"qkv_0", "qkv_1"}


def test_a_dropout_of_0_is_none_and_others_act_in_training_alone():
    block = AttnBlock(depth=1, heads=HEADS, mlp_ratio=1)
    given = variables(block, TOKENS, train=False)

    @jax.jit
    def run(rate):
        def of(train):
            rngs = {"dropout": jax.random.key(0)}
            return block.apply(given, TOKENS, train=train, dropout_rate=rate, rngs=rngs)

        return of(True), of(False)

    trained, plain = run(np.float32(0))
    np.testing.assert_allclose(trained, plain, atol=1e-5)
    trained, predicted = run(np.float32(0.5))
    np.testing.assert_array_equal(predicted, plain)
    assert np.abs(trained - plain).max() > 0.1
