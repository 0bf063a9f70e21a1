"""conv3_1 without the correlation channels that are zero."""

import jax
import jax.numpy as jnp
import numpy as np

from mol_jax.networks.layers import ConvNorm
from mol_jax.networks.mol import correlation
from mol_jax.networks.mol.flow_head import CostConvNorm


def test_leaving_out_dead_displacements_changes_nothing():
    first, second, redir, after = jax.random.normal(jax.random.key(0), (4, 2, 8, 8, 3))
    live = correlation.live_correlation(first, second)
    whole = correlation.correlation(first, second)
    short, full = (jnp.concatenate([redir, cost, after], axis=-1) for cost in (live, whole))
    reference = ConvNorm(4, 3)
    kernel = jax.random.normal(jax.random.key(1), (3, 3, 3 + 441 + 3, 4))
    norm = {"scale": jnp.full(4, 2.0), "bias": jnp.ones(4)}
    stats = {"norm": {"mean": jnp.zeros(4), "var": jnp.ones(4)}}

    def apply(module, params, x):
        return module.apply({"params": params, "batch_stats": stats}, x, train=False)

    found = apply(CostConvNorm(4, redir=3), {"kernel": kernel, "norm": norm}, short)
    expected = apply(reference, {"conv": {"kernel": kernel}, "norm": norm}, full)
    np.testing.assert_allclose(found, expected, atol=1e-4)
