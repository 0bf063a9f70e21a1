"""What STSTNet sees: images of up to 255, less the mean image of a fold's training rows."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import Batch
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from tests.mol_jax.networks.every import NETWORKS

IMAGES = np.random.default_rng(0).normal(size=(5, 28, 28, 3)).astype(np.float32)
VALID = np.array([True, True, False, True, False])


def batch(images=IMAGES) -> Batch:
    label = np.zeros(len(images), np.int32)
    return Batch(None, None, None, label, {"flow_image_28": jnp.asarray(images)})


def network(**changes):
    return NETWORKS["ststnet"].program(**changes).network


def seen(made, images=IMAGES):
    return made.inputs(batch(images), Facts(jnp.ones(3), own=made.facts(batch(), VALID)))


def test_the_training_rows_as_they_are_seen_have_mean_image_zero():
    images = np.asarray(seen(network()))
    np.testing.assert_allclose(images[VALID].mean(0), np.zeros((28, 28, 3)), atol=1e-3)
    assert np.abs(images.mean(0)).max() > 1
    whole = 255 * normalise(jnp.asarray(IMAGES), "minmax")
    np.testing.assert_allclose(images, whole - whole[VALID].mean(0)[None], atol=1e-3)


def test_padding_changes_nothing_not_even_where_it_is_not_a_number():
    other = IMAGES.copy()
    other[~VALID] = np.nan
    made = network()
    before, after = (made.facts(batch(images), VALID) for images in (IMAGES, other))
    np.testing.assert_array_equal(after, before)
    assert np.isfinite(before).all() and before.std() > 1


@pytest.mark.parametrize("how", ["minmax", "absmax", "fixed"])
def test_without_a_mean_they_are_as_bright_as_they_are(how):
    made = network(**{"model.mean": "none", "model.normalise": how})
    assert made.facts(batch(), VALID) is None
    np.testing.assert_array_equal(seen(made), 255 * normalise(jnp.asarray(IMAGES), how))
