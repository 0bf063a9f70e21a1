"""Optimisers and schedules against their equations, optax and PyTorch; rates may be tracers."""

import dataclasses
import functools
import types

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mol_jax import settings
from mol_jax.training import optim
from mol_jax.training.program import make_program
from tests.mol_jax import tiny

PARAMS = (1.0, -2.0, 3.0)
SGD = {"optim.name": "sgd"}
# What PyTorch 2.13 makes of PARAMS in 20 steps in float64, with gradients sin(parameters + step),
# a rate of 0.01, and its weight_decay of 0.1 and momentum of 0.9 where there is one.
TORCHS = {
    "Adam, weight_decay": ({"optim.l2": 0.1}, (0.94173887573, -1.92333941635, 2.94074690896)),
    "AdamW": ({"optim.weight_decay": 0.1}, (0.94433830678, -1.92747413806, 2.95880524409)),
    "SGD": (SGD, (0.98916532761, -1.99022733029, 2.99837674416)),
    "SGD, weight_decay": (
        SGD | {"optim.l2": 0.1},
        (0.96972492580, -1.95037332318, 2.93851721953),
    ),
    "SGD, momentum": (
        SGD | {"optim.momentum": 0.9},
        (0.92604311306, -1.93414244831, 3.06124732555),
    ),
    "SGD, momentum, weight_decay": (
        SGD | {"optim.momentum": 0.9, "optim.l2": 0.1},
        (0.81538905999, -1.70238289768, 2.70686534353),
    ),
}


def scalars_of(**changes):
    """Returns the tiny hyperparameters with some replaced; a Python number is taken as float32."""
    given = {name: jnp.asarray(value, jnp.float32) for name, value in changes.items()}
    return settings.scalars(tiny.config()) | given


def advance(program, scalars, params, state, steps):
    """Makes the updates of `steps`, whose gradients follow from the parameters and the step."""
    for step in steps:
        grads = jnp.sin(params + step)
        at = jnp.int32(step)
        params, state = optim.update(program, scalars, grads, state, params, step=at)
    return params, state


def run(learning_rate, weight_decay, schedule="constant", **changes):
    rates = {"learning_rate": learning_rate, "weight_decay": weight_decay}
    scalars, program = scalars_of(**rates | changes), tiny.program(**{"optim.schedule": schedule})
    params = jnp.array(PARAMS)
    return advance(program, scalars, params, optim.init(program, scalars, params), range(5))[0]


def by_hand(learning_rate, weight_decay, steps=5, b1=0.9, b2=0.999, eps=1e-8):
    """AdamW; the learning rate is a number or one for each step."""
    params, m, v = np.array(PARAMS), 0.0, 0.0
    rates = np.broadcast_to(learning_rate, steps)
    for step in range(steps):
        grad = np.sin(params + step)
        m, v = b1 * m + (1 - b1) * grad, b2 * v + (1 - b2) * grad**2
        mean, var = m / (1 - b1 ** (step + 1)), v / (1 - b2 ** (step + 1))
        params = params - rates[step] * (mean / (np.sqrt(var) + eps) + weight_decay * params)
    return params


def test_matches_adamw_by_hand():
    for rate, decay in ((1e-2, 0.0), (1e-1, 0.5)):
        np.testing.assert_allclose(run(rate, decay), by_hand(rate, decay), rtol=1e-5)


def test_rates_may_be_traced_and_mapped():
    rates, decays = jnp.array([1e-2, 1e-1]), jnp.array([0.0, 0.5])
    mapped = jax.jit(jax.vmap(run))(rates, decays)
    np.testing.assert_allclose(mapped[0], by_hand(1e-2, 0.0), rtol=1e-5)
    np.testing.assert_allclose(mapped[1], by_hand(1e-1, 0.5), rtol=1e-5)


def test_without_a_schedule_every_update_is_optaxs_adamw_bit_for_bit():
    optimiser = optax.adamw(1e-3, weight_decay=0.1)
    program, scalars = tiny.program(), scalars_of(learning_rate=1e-3, weight_decay=0.1)
    params = theirs = jnp.array(PARAMS)
    state, their_state = optim.init(program, scalars, params), optimiser.init(theirs)
    for step in range(20):
        params, state = advance(program, scalars, params, state, [step])
        with jax.numpy_dtype_promotion("standard"):
            updates, their_state = optimiser.update(jnp.sin(theirs + step), their_state, theirs)
        theirs = optax.apply_updates(theirs, updates)
        np.testing.assert_array_equal(params, theirs)
    rates = optim.rate("constant", scalars, np.arange(20), xp=np)
    np.testing.assert_array_equal(rates, np.full(20, 1e-3, np.float32))


@pytest.mark.parametrize("warmup", [0, 1, 7, 19])
def test_a_constant_rate_is_warmed_up_as_optaxs(warmup):
    found = optim.rate("constant", scalars_of(learning_rate=0.5, warmup=warmup), jnp.arange(40))
    first = 0.5 / (warmup + 1)
    theirs = optax.linear_schedule(first, 0.5, warmup) if warmup else optax.constant_schedule(0.5)
    np.testing.assert_allclose(found, [float(theirs(step)) for step in range(40)], rtol=1e-6)


@pytest.mark.parametrize(("warmup", "share"), [(0, 0.0), (0, 0.25), (7, 0.0), (19, 0.1)])
def test_a_cosine_is_optaxs(warmup, share):
    scalars = scalars_of(learning_rate=0.5, warmup=warmup, final_share=share, steps=40)
    theirs = optax.warmup_cosine_decay_schedule(0.5 / (warmup + 1), 0.5, warmup, 40, share * 0.5)
    if not warmup:
        theirs = optax.cosine_decay_schedule(0.5, 40, share)
    with jax.numpy_dtype_promotion("standard"):
        expected = [float(theirs(step)) for step in range(50)]
    found = optim.rate("cosine", scalars, jnp.arange(50))
    np.testing.assert_allclose(found, expected, atol=1e-7)
    np.testing.assert_allclose(found[40:], 0.5 * share, atol=1e-7)  # and no further
    on_host = optim.rate("cosine", jax.device_get(scalars), np.arange(50), xp=np)
    np.testing.assert_allclose(on_host, found, atol=1e-7)


def test_one_program_has_any_warm_up_and_any_end():
    """Mapped over replicas: each goes as it does alone, and each its own way."""
    given = {"warmup": [0, 2, 3], "final_share": [0.0, 0.5, 1.0], "steps": [6, 6, 12]}
    stacked = {name: jnp.array(values, jnp.float32) for name, values in given.items()}

    def train(changes):
        return run(1e-1, 0.0, schedule="cosine", **changes)

    mapped = jax.jit(jax.vmap(train))(stacked)
    for replica in range(3):
        mine = {name: values[replica] for name, values in given.items()}
        rates = optim.rate("cosine", scalars_of(learning_rate=1e-1, **mine), jnp.arange(5))
        np.testing.assert_allclose(mapped[replica], by_hand(rates, 0.0), rtol=1e-5)
    assert len(np.unique(mapped[:, 0])) == 3


def test_a_schedule_goes_on_where_training_was_stopped():
    program = tiny.program(**{"optim.schedule": "cosine"})
    scalars = scalars_of(learning_rate=1e-1, warmup=2, steps=8)
    params = jnp.array(PARAMS)
    fresh = optim.init(program, scalars, params)
    straight = advance(program, scalars, params, fresh, range(8))
    stopped = jax.device_get(advance(program, scalars, params, fresh, range(5)))
    resumed = advance(program, scalars, *jax.device_put(stopped), range(5, 8))
    jax.tree.map(np.testing.assert_array_equal, resumed, straight)
    assert (straight[0] != stopped[0]).all()


@pytest.mark.parametrize("name", TORCHS)
def test_decays_and_momentum_are_pytorchs(name):
    changes, expected = TORCHS[name]
    found = trained({"optim.learning_rate": 1e-2} | changes, jnp.array(PARAMS), 20)
    np.testing.assert_allclose(found, expected, rtol=2e-6)  # AdamW is a hundred times as far off


def trained(changes, params, steps, network=None):
    """Returns the parameters after some steps of the tiny config with `changes`."""
    config = tiny.config(**changes)
    settings.check(config)
    program, scalars = make_program(config, num_classes=3), settings.scalars(config)
    if network is not None:
        program = dataclasses.replace(program, network=network)
    update = jax.jit(functools.partial(optim.update, program))
    state = optim.init(program, scalars, params)
    for step in range(steps):
        grads = jax.tree.map(lambda leaf, step=step: jnp.sin(leaf + step), params)
        params, state = update(scalars, grads, state, params, step=jnp.int32(step))
    return params


def test_momentum_and_coupled_decay_may_be_traced_and_mapped():
    """Replicas with a field of their own share a program, and each goes as it does alone."""
    config = tiny.config(**SGD | {"optim.momentum": 0.5, "optim.l2": 0.5})
    program, params = make_program(config, num_classes=3), jnp.array(PARAMS)

    def train(changes):
        scalars = settings.scalars(config) | {"learning_rate": jnp.float32(1e-2)} | changes
        return advance(program, scalars, params, optim.init(program, scalars, params), range(20))[0]

    given = {"momentum": jnp.array([0.0, 0.9, 0.9]), "l2": jnp.array([0.1, 0.0, 0.1])}
    mapped = jax.jit(jax.vmap(train))(given)
    names = ("SGD, weight_decay", "SGD, momentum", "SGD, momentum, weight_decay")
    np.testing.assert_allclose(mapped, [TORCHS[name][1] for name in names], rtol=2e-6)


@pytest.mark.parametrize("name", ["Adam, weight_decay", "SGD, momentum, weight_decay"])
def test_leaves_with_rates_of_their_own_go_as_they_do_alone(name):
    def rates(params, rate, scalars):
        return {"fast": jnp.float32(0.1), "slow": rate}

    changes, start = TORCHS[name][0], jnp.array(PARAMS)
    alone = {
        leaf: trained({"optim.learning_rate": rate} | changes, start, 5)
        for leaf, rate in (("fast", 0.1), ("slow", 1e-3))
    }
    network = types.SimpleNamespace(rates=rates)
    both = trained(
        {"optim.learning_rate": 1e-3} | changes, {"fast": start, "slow": start}, 5, network
    )
    jax.tree.map(functools.partial(np.testing.assert_allclose, rtol=1e-6), both, alone)
    assert (np.abs(both["fast"] - start) > 10 * np.abs(both["slow"] - start)).any()


def text(**changes):
    """Returns the traced program of an update of the optimiser."""
    config = tiny.config(**changes)
    program, scalars, params = (
        make_program(config, num_classes=3),
        settings.scalars(config),
        jnp.ones(3),
    )
    state = optim.init(program, scalars, params)
    update = functools.partial(optim.update, program, step=jnp.int32(0))
    return str(jax.make_jaxpr(update)(scalars, params, state, params))


def test_what_is_off_is_not_in_the_program():
    """A coupled decay of 0 leaves the program of MOL as it would be if there were none."""
    adam, sgd = text(), text(**SGD)
    assert text(**{"optim.l2": 0.0}) == adam and text(**SGD | {"optim.momentum": 0.0}) == sgd
    more = text(**{"optim.l2": 0.1}).count(" mul ") - adam.count(" mul ")
    assert more == 1 and "sqrt" in adam and "sqrt" not in sgd
    assert text(**SGD | {"optim.momentum": 0.5}).count(" mul ") - sgd.count(" mul ") == 1
