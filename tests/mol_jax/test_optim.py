"""The optimiser against its equations, and with rates that are tracers."""

import jax
import jax.numpy as jnp
import numpy as np

from mol_jax import optim, settings
from tests.mol_jax import tiny


def run(learning_rate, weight_decay, steps=5):
    hparams = settings.hparams(tiny.config())._replace(
        learning_rate=learning_rate, weight_decay=weight_decay
    )
    params = jnp.array([1.0, -2.0, 3.0])
    state = optim.init(tiny.statics(), hparams, params)
    for step in range(steps):
        grads = jnp.sin(params + step)
        params, state = optim.update(tiny.statics(), hparams, grads, state, params)
    return params


def by_hand(learning_rate, weight_decay, steps=5, b1=0.9, b2=0.999, eps=1e-8):
    params, m, v = np.array([1.0, -2.0, 3.0]), 0.0, 0.0
    for step in range(steps):
        grad = np.sin(params + step)
        m, v = b1 * m + (1 - b1) * grad, b2 * v + (1 - b2) * grad**2
        mean, var = m / (1 - b1 ** (step + 1)), v / (1 - b2 ** (step + 1))
        params = params - learning_rate * (mean / (np.sqrt(var) + eps) + weight_decay * params)
    return params


def test_matches_adamw_by_hand():
    for rate, decay in ((1e-2, 0.0), (1e-1, 0.5)):
        np.testing.assert_allclose(run(rate, decay), by_hand(rate, decay), rtol=1e-5)


def test_rates_may_be_traced_and_mapped():
    rates, decays = jnp.array([1e-2, 1e-1]), jnp.array([0.0, 0.5])
    mapped = jax.jit(jax.vmap(run))(rates, decays)
    np.testing.assert_allclose(mapped[0], by_hand(1e-2, 0.0), rtol=1e-5)
    np.testing.assert_allclose(mapped[1], by_hand(1e-1, 0.5), rtol=1e-5)
