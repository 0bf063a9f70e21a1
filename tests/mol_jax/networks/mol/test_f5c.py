"""FCC against Eq 2 as loops and as an FFT, CCC against Eqs 4–5 as loops."""

import itertools
from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.mol.f5c import (
    CCC,
    F5C,
    FCC,
    FccVariant,
    FullAxis,
    circulant,
    nearest,
)
from mol_jax.networks.mol.transformer import Transformer, head_count

N, H, W, C = 2, 4, 6, 5


def _maps(seed=0, shape=(N, H, W, C)):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def _drawn(module, x):
    """Parameters of a module, all random: zeros would hide a missing term."""
    params = jax.eval_shape(module.init, jax.random.key(0), x)["params"]
    leaves, tree = jax.tree.flatten(params)
    return tree.unflatten([_maps(i + 1, leaf.shape) for i, leaf in enumerate(leaves)])


def _loops(x, position, weights):
    """Eq 1 and Eq 2 along axis 1, entry by entry."""
    x = np.asarray(x) + np.asarray(position).T[None, :, None, :]
    y = np.zeros_like(x)
    for i, s in itertools.product(range(H), range(H)):
        y[:, i] += np.asarray(weights)[:, s] * x[:, (i + s) % H]
    return y


def test_a_row_of_the_circulant_is_the_weights_rolled_by_its_index():
    weights = _maps(shape=(C, H))
    expected = np.zeros((C, H, H), np.float32)
    for c, i, r in itertools.product(range(C), range(H), range(H)):
        expected[c, i, r] = weights[c, (r - i) % H]
    np.testing.assert_array_equal(circulant(weights), expected)
    assert (expected[:, 0] != expected[:, 1]).all()


def test_vertical_equals_loops_and_fft():
    x, module = _maps(), FullAxis(1)
    params = _drawn(module, x)
    found = module.apply({"params": params}, x)
    np.testing.assert_allclose(found, _loops(x, **params), atol=1e-5)
    spectrum = jnp.fft.fft(x + params["position"].T[None, :, None], axis=1)
    response = jnp.conj(jnp.fft.fft(params["weights"].T, axis=0))[None, :, None]
    by_fft = jnp.fft.ifft(spectrum * response, axis=1)
    np.testing.assert_allclose(found, by_fft.real, atol=1e-5)


def test_horizontal_is_vertical_of_the_transposed_map():
    x = _maps(shape=(N, W, H, C))
    params = _drawn(FullAxis(2), x)
    found = FullAxis(2).apply({"params": params}, x)
    np.testing.assert_allclose(found.swapaxes(1, 2), _loops(x.swapaxes(1, 2), **params), atol=1e-5)


@pytest.mark.parametrize("axis", [1, 2])
def test_translation_equivariance_without_position(axis):
    x, module = _maps(), FullAxis(axis)
    params = _drawn(module, x)
    params = {**params, "position": jnp.zeros_like(params["position"])}
    moved = module.apply({"params": params}, jnp.roll(x, 2, axis))
    still = module.apply({"params": params}, x)
    np.testing.assert_allclose(moved, jnp.roll(still, 2, axis), atol=1e-5)


def test_fcc_composes_two_orders():
    x, module = _maps(), FCC()
    params = _drawn(module, x)

    def affine(name, x):
        return x @ params[name]["kernel"][0, 0] + params[name]["bias"][None, None, None]

    def full(axis, name, x):
        return FullAxis(axis).apply({"params": params[name]}, x)

    y = affine("expand", x)
    first, second = full(2, "vh_h", full(1, "vh_v", y)), full(1, "hv_v", full(2, "hv_h", y))
    expected = affine("merge", jnp.concatenate([first, second], -1))
    np.testing.assert_allclose(module.apply({"params": params}, x), expected, atol=1e-4)


def _literal_ccc(params, x, index):
    """Eqs 4–5 edge by edge, vertex by vertex."""
    n, height, width, channels = x.shape
    f = x.reshape(n, -1, channels).swapaxes(1, 2)
    clips = []
    for a in range(n):
        vertices = []
        for i in range(channels):
            edges = [
                jax.nn.relu(params["v1"] @ f[a, i] + params["v2"] @ (f[a, j] - f[a, i]))
                for j in index[a, i]
            ]
            vertices.append(jnp.max(jnp.stack(edges), axis=0))
        clips.append(jnp.stack(vertices, -1))
    y = jnp.stack(clips).reshape(n, height, width, channels)
    return y @ params["merge"]["kernel"][0, 0] + params["merge"]["bias"][None, None, None]


def test_ccc_equals_equations_4_and_5_with_gradients():
    x, module = _maps(shape=(1, 2, 3, 4)), CCC(neighbours=2)
    params = _drawn(module, x)
    index = np.asarray(nearest(x.reshape(1, -1, 4).swapaxes(1, 2), 2))

    @jax.jit
    def both(params, x):
        functions = (
            lambda p, x: module.apply({"params": p}, x),
            lambda p, x: _literal_ccc(p, x, index),
        )
        outputs = []
        for function in functions:
            y, pull = jax.vjp(function, params, x)
            outputs.append((y, pull(jnp.cos(jnp.arange(y.size, dtype=y.dtype)).reshape(y.shape))))
        return outputs

    found, expected = both(params, x)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5), found, expected)


def test_nearest_are_the_largest_cosines_and_include_itself():
    f = _maps(shape=(N, 6, 10)).at[0, 3].set(0.0)  # a channel of zeros has no direction
    f = f.at[1, 2].set(4 * f[1, 5])  # two channels of one direction
    found = np.asarray(nearest(f, 3))
    unit = np.asarray(f) / np.maximum(np.linalg.norm(f, axis=-1, keepdims=True), 1e-6)
    cosine = unit @ unit.swapaxes(1, 2)
    np.testing.assert_array_equal(found[:, :, 0], np.tile(np.arange(6), (N, 1)))
    assert found[1, 2, 1] == 5 and found[1, 5, 1] == 2
    for n, i in itertools.product(range(N), range(6)):
        rest = np.sort(np.delete(cosine[n, i], i))[::-1][:2]
        np.testing.assert_allclose(cosine[n, i, found[n, i, 1:]], rest, atol=1e-6)


@pytest.mark.parametrize("fcc", get_args(FccVariant))
@pytest.mark.parametrize("ccc", [True, False])
def test_variants_keep_the_shape(fcc, ccc):
    x = jnp.zeros((N, 8, 8, 32))
    module = F5C(fcc=fcc, ccc=ccc)
    y, variables = jax.eval_shape(lambda x: module.init_with_output(jax.random.key(0), x), x)
    assert y.shape == x.shape
    expected = ({"fcc"} if fcc != "none" else set()) | ({"ccc"} if ccc else set())
    assert set(variables.get("params", {})) == expected


def test_more_neighbours_than_channels_are_refused():
    with pytest.raises(AssertionError, match="4 neighbours among 3 channels"):
        nearest(_maps(shape=(1, 3, 6)), 4)


@pytest.mark.parametrize(
    ("channels", "heads"), [(5, 1), (16, 1), (40, 1), (112, 2), (128, 4), (176, 4), (208, 4)]
)
def test_transformer_has_heads_that_divide_its_channels(channels, heads):
    assert head_count(channels) == heads
    x = jnp.zeros((N, H, W, channels))
    y, _ = jax.eval_shape(lambda x: Transformer().init_with_output(jax.random.key(0), x), x)
    assert y.shape == x.shape


@pytest.mark.slow
@pytest.mark.parametrize("fcc", ["both", "transformer"])
def test_bfloat16_agrees_with_float32(fcc):
    x, module = _maps(shape=(N, H, W, 8)), F5C(fcc=fcc, ccc=False)
    drawn = jax.tree.map(lambda leaf: leaf / 4, _drawn(module, x))

    def run(dtype):
        def loss(params):
            y = module.clone(dtype=dtype).apply({"params": params}, x.astype(dtype))
            return jnp.mean(jnp.square(y.astype(jnp.float32))), y

        grads = jax.grad(loss, has_aux=True)
        return jax.jit(grads, compiler_options={"xla_backend_optimization_level": 0})(drawn)

    (half, y), (full, expected) = run(jnp.bfloat16), run(jnp.float32)
    assert y.dtype == jnp.bfloat16
    found = (half, y.astype(jnp.float32))
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves((full, expected)), strict=True):
        assert a.dtype == jnp.float32
        np.testing.assert_allclose(a, b, atol=0.05 * max(0.1, float(jnp.abs(b).max())))
