"""The displacement module: its size, its start, its batch, its float32 ends, and that it learns."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mol_jax.networks.frl_dgt import displacement_losses as losses
from mol_jax.networks.frl_dgt.dgm import Dgm
from mol_jax.networks.frl_dgt.warp import pixels, warp
from tests.mol_jax.networks.frl_dgt import bumps

SMALL = Dgm(levels=1, width=1 / 8)


def _frames(seed=0):
    """Two pairs of 16 px."""
    return jnp.asarray(np.random.default_rng(seed).uniform(-1, 1, (2, 2, 16, 16)), jnp.float32)


@pytest.fixture(scope="module")
def variables():
    """Where training starts."""
    return jax.jit(functools.partial(SMALL.init, train=True))(jax.random.key(0), _frames())


@pytest.fixture(scope="module")
def moving(variables):
    """The same with a last kernel so large that D is of the order of α."""
    params = variables["params"]
    last = {**params["last"], "kernel": 20 * params["last"]["kernel"]}
    return {**variables, "params": {**params, "last": last}}


@functools.partial(jax.jit, static_argnames=("train", "module"))
def _displacement(variables, labelled, unlabelled=None, alpha=0.2, *, train, module=SMALL):
    """D, and the statistics after it where it is in training."""
    kept = "batch_stats" if train else ()
    return module.apply(variables, labelled, unlabelled, train=train, alpha=alpha, mutable=kept)


def _abstract(module, side):
    """The shapes of (displacement, variables) of two pairs."""
    start = functools.partial(module.init_with_output, jax.random.key(0), train=True)
    return jax.eval_shape(start, jax.ShapeDtypeStruct((2, 2, side, side), jnp.float32))


def test_at_the_papers_widths_it_has_its_parameters():
    displacement, variables = _abstract(Dgm(), 288)
    assert displacement.shape == (2, 288, 288, 2)
    assert sum(leaf.size for leaf in jax.tree.leaves(variables["params"])) == 1_977_538
    assert variables["params"]["middle"]["conv"]["kernel"].shape == (3, 3, 256, 256)


def test_under_bfloat16_parameters_ends_and_displacements_are_float32():
    module = Dgm(2, 1 / 16, dtype=jnp.bfloat16)
    displacement, variables = _abstract(module, 16)
    assert displacement.dtype == jnp.float32
    assert {leaf.dtype for leaf in jax.tree.leaves(variables)} == {jnp.dtype("float32")}
    frames = jax.ShapeDtypeStruct((2, 2, 16, 16), jnp.float32)
    apply = functools.partial(
        module.apply, train=False, capture_intermediates=True, mutable="intermediates"
    )
    _, kept = jax.eval_shape(apply, variables, frames)
    kinds = jax.tree.map(lambda leaf: leaf.dtype.name, kept["intermediates"])
    assert kinds["down0"]["conv"]["__call__"] == ("float32",)
    assert kinds["last"]["__call__"] == ("float32",)
    assert kinds["down1"]["conv"]["__call__"] == kinds["up0"]["__call__"] == ("bfloat16",)


def test_training_starts_near_no_displacement(variables):
    """D is of a few tenths of a pixel of 288, and zero is not it."""
    displacement, _ = _displacement(variables, _frames(), train=True)
    deviation = float(np.std(displacement)) * (288 - 1) / 2
    assert 0.1 < deviation < 0.5


def test_displacements_stay_below_alpha_which_may_be_traced(moving):
    wide, narrow = (
        _displacement(moving, _frames(), alpha=jnp.float32(alpha), train=True)[0]
        for alpha in (0.2, 0.1)
    )
    assert 0.05 < np.abs(wide).max() < 0.2
    np.testing.assert_allclose(narrow, wide / 2, rtol=1e-6)


def test_read_literally_every_pair_moves_by_alpha(moving):
    """`normalise` "output": N of tanh(…), then times α."""
    module = SMALL.clone(normalise="output")
    displacement, _ = _displacement(moving, _frames(), train=True, module=module)
    plain, _ = _displacement(moving, _frames(), train=True)
    largest = np.abs(plain).max(axis=(1, 2, 3), keepdims=True)
    np.testing.assert_allclose(displacement, 0.2 * plain / largest, atol=0.004)
    assert np.abs(displacement).max() > 1.2 * largest.max()


def test_labelled_and_random_pairs_are_one_batch(moving):
    """Random pairs change what the labelled ones are normalised by, and only in training."""
    labelled, unlabelled = _frames(), 0.5 * _frames(seed=1)
    both, changed = _displacement(moving, labelled, unlabelled, train=True)
    swapped, also_changed = _displacement(moving, unlabelled, labelled, train=True)
    np.testing.assert_allclose(both, np.roll(swapped, 2, axis=0), atol=1e-5)
    jax.tree.map(functools.partial(np.testing.assert_allclose, rtol=1e-4), changed, also_changed)
    alone, _ = _displacement(moving, labelled, train=True)
    assert np.abs(both[:2] - alone).max() > 0.001
    both, _ = _displacement(moving, labelled, unlabelled, train=False)
    parts = [_displacement(moving, part, train=False)[0] for part in (labelled, unlabelled)]
    np.testing.assert_allclose(both, np.concatenate(parts), atol=1e-6)


def test_it_looks_at_both_frames_and_knows_which_is_which(moving):
    frames, others = _frames(), _frames(seed=1)
    displacement, _ = _displacement(moving, frames, train=False)
    mixed = [others[:, :1], frames[:, 1:]], [frames[:, :1], others[:, 1:]], [frames[:, ::-1]]
    for parts in mixed:
        changed, _ = _displacement(moving, jnp.concatenate(parts, axis=1), train=False)
        assert np.abs(displacement - changed).max() > 0.01


@functools.partial(jax.jit, static_argnames="dtype")
def _of_reconstruction(variables, frames, dtype):
    """The gradient of L_rec for all parameters, as one vector."""
    module = SMALL.clone(dtype=dtype)

    def loss(params):
        changed = {**variables, "params": params}
        displacement, _ = module.apply(changed, frames, train=True, mutable="batch_stats")
        return losses.reconstruction(warp(frames[:, 0], displacement), frames[:, 1]).sum()

    gradient = jax.grad(loss)(variables["params"])
    return jnp.concatenate([leaf.ravel() for leaf in jax.tree.leaves(gradient)])


@pytest.mark.slow
def test_bfloat16_keeps_the_gradient_of_a_tenth_of_a_pixel(variables):
    """Of a bright smooth image; with its grey levels rounded to bfloat16 it would not."""
    place = np.arange(288)
    rows, cols = np.meshgrid(place, place, indexing="ij")
    shades = [np.sin((cols - shift) / 5) * np.cos(rows / 7) for shift in (0, 0.1)]
    frames = jnp.asarray(0.6 + 0.15 * np.stack(shades)[None], jnp.float32)
    exact = _of_reconstruction(variables, frames, jnp.float32)

    def error(frames):
        return np.linalg.norm(_of_reconstruction(variables, frames, jnp.bfloat16) - exact)

    rounded = frames.astype(jnp.bfloat16).astype(jnp.float32)
    assert error(frames) < 0.05 * np.linalg.norm(exact) < error(rounded)


SIDE, LARGEST = 32, 1.0  # px
LEARNER = Dgm(levels=2, width=0.5)
ADAM = optax.adam(0.002)


@jax.jit
def _update(params, stats, moments, key):
    """One update by Eq 4, on pairs that were not there before."""
    frames, _ = bumps.pairs(key, 16, SIDE, LARGEST)

    def loss(params):
        variables = {"params": params, "batch_stats": stats}
        displacement, changed = LEARNER.apply(variables, frames, train=True, mutable="batch_stats")
        case = displacement, warp(frames[:, 0], displacement), frames[:, 1]
        terms = losses.terms(*case, losses.Weights(), clips=16, labelled=16)
        return jnp.mean(terms["rec"] + terms["nm"] + terms["sm"]), changed["batch_stats"]

    gradient, stats = jax.grad(loss, has_aux=True)(params)
    with jax.numpy_dtype_promotion("standard"):  # Optax raises a float to an integer power
        updates, moments = ADAM.update(gradient, moments)
    return optax.apply_updates(params, updates), stats, moments


@pytest.fixture(scope="module")
def learned():
    """The variables of a small module after 700 updates."""
    frames, _ = bumps.pairs(jax.random.key(0), 2, SIDE, LARGEST)
    start = jax.jit(functools.partial(LEARNER.init, train=True))
    variables = start(jax.random.key(1), frames)
    params, stats = variables["params"], variables["batch_stats"]
    moments = ADAM.init(params)
    for step in range(700):
        params, stats, moments = _update(params, stats, moments, jax.random.key(100 + step))
    return {"params": params, "batch_stats": stats}


@pytest.mark.slow
@pytest.mark.parametrize("train", [False, True], ids=["running", "batch"])
def test_it_learns_how_unseen_textures_move(learned, train):
    """With running statistics as with those of the batch; a sign or an axis amiss would show."""
    frames, motion = bumps.pairs(jax.random.key(7), 32, SIDE, LARGEST)

    @jax.jit
    def displaced(variables, frames):
        displacement, _ = LEARNER.apply(variables, frames, train=train, mutable="batch_stats")
        warped = jnp.stack([warp(frames[:, 0], displacement), frames[:, 0]])
        left, before = jax.vmap(lambda g: losses.reconstruction(g, frames[:, 1]).sum())(warped)
        return pixels(displacement), left / before

    displacement, left = displaced(learned, frames)
    assert np.corrcoef(displacement.ravel(), motion.ravel())[0, 1] > 0.9
    assert left < 0.5
