"""What a displacement is worth, against literal sums, and the columns of each variant."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.frl_dgt import measures
from mol_jax.networks.frl_dgt.face_encoder import FaceVector
from mol_jax.networks.frl_dgt.frl import Displaced, FrlOutputs
from mol_jax.networks.frl_dgt.regions import NAMES
from mol_jax.networks.frl_dgt.warp import warp
from tests.mol_jax.networks.every import NETWORKS
from tests.mol_jax.networks.frl_dgt.drawn import normal

B, SIDE = 3, 12
FIRST, SECOND = np.abs(normal(0, (2, B, SIDE, SIDE)))
D = np.float32(0.05) * normal(1, (B, SIDE, SIDE, 2))
FLOW = normal(2, (B, SIDE, SIDE, 2))
WEIGHTS = np.random.default_rng(3).dirichlet(np.ones(9), B).astype(np.float32)


def network(**changes):
    return NETWORKS["frl_dgt"].program(**changes).network


def measured(displacement=D, first=FIRST, second=SECOND, inputs=None, **changes):
    shown = Displaced(
        *map(jnp.asarray, (first, second, displacement)),
        warped=warp(first, displacement),
        labelled=len(first),
    )
    face = FaceVector(jnp.zeros((B, 4)), None, jnp.asarray(WEIGHTS))
    inputs = {"flow_onset_apex": jnp.asarray(FLOW)} if inputs is None else inputs
    batch = Batch(None, None, None, None, inputs)
    outputs = FrlOutputs(jnp.zeros((B, 3)), face, shown)
    return measures.measured(network(**changes).module, outputs, batch)


def test_the_ratio_and_the_errors_are_literal_means():
    found, moved = measured(), np.asarray(warp(FIRST, D))
    ratio = [
        np.abs(m - s).mean() / np.abs(f - s).mean()
        for f, s, m in zip(FIRST, SECOND, moved, strict=True)
    ]
    np.testing.assert_allclose(found["rec_ratio"], ratio, rtol=1e-5)
    error = np.linalg.norm((SIDE - 1) / 2 * D - FLOW, axis=-1).mean((1, 2))
    np.testing.assert_allclose(found["epe_d"], error, rtol=1e-5)
    none = np.linalg.norm(FLOW, axis=-1).mean((1, 2))
    np.testing.assert_allclose(found["epe_d_zero"], none, rtol=1e-5)
    assert abs(found["epe_d"] - none).max() > 1e-3


def test_no_displacement_is_worth_nothing_exactly():
    found = measured(np.zeros_like(D))
    np.testing.assert_array_equal(found["rec_ratio"], np.ones(B))
    np.testing.assert_array_equal(found["epe_d"], found["epe_d_zero"])


def test_two_frames_that_are_the_same_are_not_explained_by_any_displacement():
    same = {"first": FIRST, "second": FIRST}
    np.testing.assert_array_equal(measured(np.zeros_like(D), **same)["rec_ratio"], np.ones(B))
    assert (np.asarray(measured(**same)["rec_ratio"]) > 1).all()


def test_of_a_sequence_the_ratio_is_over_all_its_pairs():
    """Two pairs of each clip: the sums of both, and not the mean of two ratios."""
    twice = [np.repeat(x, 2, axis=0) for x in (D, FIRST, SECOND)]
    twice[0][1::2] = 0
    found = measured(*twice, inputs={}, **{"model.sequence": True})
    alone = np.asarray(measured()["rec_ratio"])
    np.testing.assert_allclose(found["rec_ratio"], (alone + 1) / 2, rtol=1e-5)
    assert {name for name in found if "epe" in name} == set()


def test_the_weights_of_the_regions_are_percent_in_their_order():
    found = measured()
    columns = [name for name in found if name.startswith("weight_")]
    assert columns == [f"weight_{name}" for name in NAMES]
    assert columns[:3] == ["weight_1L", "weight_1R", "weight_2"]
    np.testing.assert_allclose([found[name] for name in columns], 100 * WEIGHTS.T, rtol=1e-6)


DISPLACEMENT = ["rec_ratio", "epe_d", "epe_d_zero"]


@pytest.mark.parametrize(
    ("changes", "displacement", "regions"),
    [
        ({}, DISPLACEMENT, "weight_1L"),
        ({"model.sequence": True}, DISPLACEMENT[:1], "weight_1L"),
        ({"model.motion": "flow"}, [], "weight_1L"),
        ({"model.regions": "grid"}, DISPLACEMENT, "weight_tile1"),
        ({"model.global_fusion": False}, DISPLACEMENT, None),
    ],
    ids=str,
)
def test_a_variant_measures_what_it_has(changes, displacement, regions):
    columns = [measure.name for measure in network(**changes).measures]
    assert [name for name in columns if not name.startswith("weight_")] == displacement
    weights = columns[len(displacement) :]
    assert len(weights) == (9 if regions else 0) and weights[:1] == [regions] * bool(regions)
