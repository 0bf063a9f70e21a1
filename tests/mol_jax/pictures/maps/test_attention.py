"""What is drawn of layers of attention is what they hand out, for each form that networks have."""

import numpy as np
import pytest

from mol_jax.pictures.maps import attention
from tests.mol_jax import tiny
from tests.mol_jax.pictures.conftest import of_program

RNG = np.random.default_rng(0)


def softmax(shape) -> np.ndarray:
    """Returns random weights whose last axis sums to 1."""
    made = RNG.uniform(size=shape)
    return made / made.sum(-1, keepdims=True)


def test_nodes_are_the_mean_over_layers_heads_and_who_looks():
    held = {f"brow/layer{k}/attention": softmax((5, 1, 8, 10, 10)) for k in (1, 2)}
    held["mouth/layer1/attention"] = softmax((5, 1, 8, 20, 20))
    found = attention.nodes(held)
    both = np.stack([held["brow/layer1/attention"], held["brow/layer2/attention"]])
    np.testing.assert_allclose(found[:, 3], both[..., 3].mean((0, 2, 3, 4)))
    np.testing.assert_allclose(found[:, :10].sum(1), 1)
    np.testing.assert_allclose(found[:, 10:].sum(1), 1)
    assert attention.nodes({"level2_layer1": softmax((5, 1, 8, 4, 4))}) is None


def test_regions_are_of_level_two_and_a_row_looks():
    held = {"level2_layer1/attention": softmax((5, 1, 8, 4, 4)), "level1_layer1/attention": None}
    found = attention.regions(held)
    np.testing.assert_allclose(found, held["level2_layer1/attention"].mean((1, 2)))
    np.testing.assert_allclose(found.sum(2), 1)
    assert attention.regions({}) is None


def test_places_are_rcn_as_map_or_the_weight_that_a_place_is_given():
    map_ = RNG.uniform(size=(5, 1, 7, 7, 1))
    np.testing.assert_array_equal(attention.places({"": map_}), map_[:, 0, ..., 0])
    weights = softmax((5, 2, 1, 64, 64))
    found = attention.places({"f5c_0/transformer": weights})
    np.testing.assert_allclose(found[:, 2, 5], weights[..., 2 * 8 + 5].mean((1, 2, 3)))
    np.testing.assert_allclose(found.sum((1, 2)), 1)
    assert attention.places({"brow/layer1/attention": softmax((5, 1, 8, 10, 10))}) is None


def test_places_of_several_blocks_are_the_mean_of_all():
    one, other = softmax((2, 5, 1, 1, 64, 64))
    found = attention.places({"f5c_0/fcc": one, "f5c_1/fcc": other})
    expected = (attention.places({"f5c_0/fcc": one}) + attention.places({"f5c_0/fcc": other})) / 2
    np.testing.assert_allclose(found, expected)


@pytest.mark.slow
@pytest.mark.parametrize("sharing", ["shared", "per_frame"])  # two frames: each is seen once
def test_mols_transformer_hands_out_a_map_of_each_clip(table, sharing):
    config = {"model.fcc": "transformer", "model.f5c": sharing}
    one = of_program(tiny.program(**config), table)
    held = one.attention(np.arange(3, dtype=np.int32))
    found = attention.places(held)
    assert found.shape == (3, 8, 8)
    np.testing.assert_allclose(found.sum((1, 2)), 1, atol=1e-5)
