"""Frozen parts do not move, parts with a factor move by it, and all others are as they were."""

import functools

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn
from flax.errors import InvalidRngError

from mol_jax import settings
from mol_jax.networks import layers
from mol_jax.networks.graph_au.module import Rates, Region
from mol_jax.training import optim, parts, step
from mol_jax.training.batches import fold_table
from mol_jax.weights import names
from tests.mol_jax import tiny
from tests.mol_jax.networks.every import NETWORKS

# Of tiny.STAND_IN: a convolution, its batch norm, a hidden layer; then a layer for each task.
FROZEN = ("conv", "norm", "hidden")
HEADS = {"classes", "flow_head", "landmark_head"}
CASES = {
    "none": ({}, (), HEADS | {*FROZEN}),
    "sgd, l2, losses of the embedding": (
        {
            "optim.name": "sgd",
            "optim.momentum": 0.9,
            "optim.l2": 0.5,
            "loss.center": 0.1,
            "loss.cosface": 0.5,
        },
        FROZEN,
        HEADS | {"class_centres", "class_directions"},
    ),
}


def updated(**changes):
    """Returns the state of the stand-in before and after some updates, on the host."""
    config = tiny.config(**tiny.STAND_IN | changes)
    program, scalars = tiny.program(**tiny.STAND_IN | changes), settings.scalars(config)
    fold = fold_table(np.arange(8), size=12, seed=0, name="sub0")
    before = jax.jit(functools.partial(step.init_fold, program))(scalars, tiny.table(), fold)
    train = functools.partial(step.train_step, program)
    after, metrics = jax.jit(train)(scalars, tiny.table(), fold, before)
    assert bool(metrics.finite)
    return jax.device_get(before), jax.device_get(after)


def moved(before, after) -> set[str]:
    """Returns the top-level parts that hold another bit than before."""
    old, new = (names.flat({"params": of.params, **of.collections}) for of in (before, after))
    assert old.keys() == new.keys()
    changed = (name for name in old if old[name].tobytes() != new[name].tobytes())
    return {names.in_network(name).partition("/")[0] for name in changed}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_frozen_parts_keep_every_bit_and_have_no_moments(case):
    changes, frozen, moving = CASES[case]
    before, after = updated(**changes, **{"init.frozen": frozen})
    assert moved(before, after) == moving
    remembered = str(jax.tree.structure(after.opt_state))
    assert "'classes'" in remembered and ("'conv'" in remembered) == (not frozen)
    assert not any(f"'{part}'" in remembered for part in frozen)


class Block(nn.Module):
    """What tells training from prediction: batch norm, and dropout."""

    @nn.compact
    def __call__(self, x, *, train):
        x = layers.batch_norm(x, train=train)
        return layers.dropout(self, x, 0.5) if train else x


class Net(nn.Module):
    """Two blocks, and a batch norm of its own."""

    @nn.compact
    def __call__(self, x, *, train):
        for name in ("one", "two"):
            x = Block(name=name)(x, train=train)
        return layers.batch_norm(x, train=train)


def test_a_frozen_part_works_in_training_as_in_prediction():
    x = jnp.asarray(np.random.default_rng(0).normal(3.0, 2.0, (8, 4)), jnp.float32)
    net, rngs = Net(), {"dropout": jax.random.key(1)}
    variables = net.init(jax.random.key(0), x, train=False)
    predicted = net.apply(variables, x, train=False)

    def train(frozen):
        with parts.standing_still(frozen):
            return net.apply(variables, x, train=True, rngs=rngs, mutable=["batch_stats"])

    out, changed = train(("one", "two", "norm"))
    chex.assert_trees_all_equal(out, predicted)
    chex.assert_trees_all_equal(changed["batch_stats"], variables["batch_stats"])
    for frozen in ((), ("one", "two"), ("two", "norm"), ("on", "two", "norm")):
        assert np.abs(train(frozen)[0] - predicted).max() > 0.1, frozen
    before, after = variables["batch_stats"], train(("two",))[1]["batch_stats"]
    assert (before["one"]["norm"]["mean"] != after["one"]["norm"]["mean"]).any()
    chex.assert_trees_all_equal(after["two"], before["two"])


class Told(nn.Module):
    """A batch norm that is told in its call, and by its place there, as Flax allows it."""

    @nn.compact
    def __call__(self, x, *, train):
        return nn.BatchNorm(name="norm")(x, not train)


def test_a_batch_norm_that_is_told_by_its_place_is_frozen_too():
    """With statistics 0 and 1 it changes nothing; those of the batch make ±1 of it."""
    x, zero, one = jnp.asarray([[1.0], [5.0]]), jnp.zeros(1), jnp.ones(1)
    norm = {"params": {"scale": one, "bias": zero}, "batch_stats": {"mean": zero, "var": one}}
    variables = {kind: {"norm": leaves} for kind, leaves in norm.items()}
    with parts.standing_still(("norm",)):
        out, _ = Told().apply(variables, x, train=True, mutable=["batch_stats"])
    np.testing.assert_allclose(out, x, rtol=1e-4)


class Brow(nn.Module):
    """A region of GraphAU."""

    @nn.compact
    def __call__(self, x, *, train):
        return Region(1, name="brow")(x, Rates(0.5, 0.5), train=train)


def test_a_frozen_region_of_graph_au_draws_nothing_to_drop():
    """Only traced."""
    x, key = jnp.ones((2, 3, 49)), jax.random.key(0)
    shapes = jax.eval_shape(functools.partial(Brow().init, train=False), key, x)

    def trace(frozen):
        with parts.standing_still(frozen):
            return jax.eval_shape(functools.partial(Brow().apply, train=True), shapes, x).shape

    assert trace(("brow",)) == (2, 160)
    with pytest.raises(InvalidRngError, match="dropout"):
        trace(())


def test_statistics_of_frozen_parts_are_kept_whatever_a_module_does():
    before = {"stats": {"a": {"mean": 1}, "b": {"mean": 1}}}
    after = {"stats": {"a": {"mean": 2}, "b": {"mean": 2}}}
    assert parts.kept(before, after, ("a",)) == {"stats": {"a": {"mean": 1}, "b": {"mean": 2}}}
    assert parts.kept(before, after, ()) == after


LAYER = {"kernel": np.array([1.0, -2.0], np.float32)}
NESTED = {"classifier": {"encoder": LAYER, "classes": LAYER}, "dgm": LAYER}


def change(case, params=NESTED, **changes):
    """Returns how far one update moves each parameter of a program of another network's names."""
    program, config = case.program(**changes), case.config(**changes)
    scalars, grads = settings.scalars(config), jax.tree.map(np.cos, params)
    state = optim.init(program, scalars, params)
    new, _ = optim.update(program, scalars, grads, state, params, step=jnp.int32(0))
    return names.flat(jax.tree.map(lambda a, b: np.asarray(a) - b, new, params))


@pytest.mark.parametrize("network", ["frl_dgt", "ststnet"])
@pytest.mark.parametrize(
    "optimiser", [{"optim.weight_decay": 0.5}, {"optim.name": "sgd", "optim.l2": 0.5}]
)
def test_a_part_learns_at_its_factor_of_the_rate_it_would_have(network, optimiser):
    """FRL-DGT's displacement module has a rate of its own, which is scaled as any."""
    case = NETWORKS[network]
    own = change(case, **optimiser)
    rates = ("classifier:0.1", "classifier/classes:3", "dgm:0.5")
    found = change(case, **optimiser, **{"init.rates": rates})
    of = {"classifier/encoder/kernel": 0.1, "classifier/classes/kernel": 3, "dgm/kernel": 0.5}
    for name, factor in of.items():
        np.testing.assert_allclose(found[name], factor * own[name], rtol=2e-3, atol=1e-7)
        assert np.abs(own[name]).min() > 1e-5
    assert (own["dgm/kernel"] != own["classifier/classes/kernel"]).any() == (network == "frl_dgt")


def test_a_network_within_others_keeps_its_names():
    """Only traced: what is beside it stands at the top, so weights of one fit the others."""
    case, fold = NETWORKS["ststnet"], fold_table(np.arange(8), size=12, seed=0, name="sub0")
    every = []
    for more in ({}, {"model.au_weight": 0.5}, {"model.au_weight": 0.5, "loss.center": 0.1}):
        init = functools.partial(step.init_fold, case.program(**more))
        scalars, table = settings.scalars(case.config(**more)), case.table(**more)
        every.append(jax.eval_shape(init, scalars, table, fold))
    plain, headed, both = (names.flat(state.params) for state in every)
    beside = {"au_head/kernel", "au_head/bias"}
    assert headed.keys() == plain.keys() | beside
    assert both.keys() == headed.keys() | {"class_centres"}
    chex.assert_trees_all_equal_shapes(every[0].collections, every[2].collections)
