"""The optimiser and its schedule against their equations and optax, with rates that are tracers."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mol_jax import settings
from mol_jax.training import optim
from tests.mol_jax import tiny

PARAMS = (1.0, -2.0, 3.0)


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
