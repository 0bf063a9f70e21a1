"""Ranges of flow images against plain loops; a clip's own and no other's."""

import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.normalise import normalise

IMAGES = np.random.default_rng(0).normal(size=(3, 4, 5, 3)).astype(np.float32)
IMAGES *= np.float32([1, 3, 9])  # each channel's largest is another


def literal(image: np.ndarray, how: str) -> np.ndarray:
    """Returns one image [H, W, 3], a number at a time."""
    made = np.empty_like(image)
    largest = max(abs(float(x)) for x in image[..., :2].ravel())
    for c, of_fixed in enumerate((2, 2, 0.2)):
        values = [float(x) for x in image[..., c].ravel()]
        own = max(abs(x) for x in values)
        for (i, j), x in np.ndenumerate(image[..., c]):
            if how == "minmax":
                made[i, j, c] = (x - min(values)) / (max(values) - min(values))
            elif how == "absmax":
                made[i, j, c] = x / (largest if c < 2 else own)
            else:
                made[i, j, c] = x / of_fixed
    return made


@pytest.mark.parametrize("how", ["minmax", "absmax", "fixed"])
def test_it_is_the_literal_one_of_each_clip(how):
    expected = np.stack([literal(image, how) for image in IMAGES])
    np.testing.assert_allclose(normalise(jnp.asarray(IMAGES), how), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("how", "value"), [("minmax", 0.5), ("absmax", 0.0), ("fixed", 0.0)])
def test_where_nothing_moves_it_is_finite(how, value):
    np.testing.assert_array_equal(
        normalise(jnp.zeros((1, 4, 4, 3)), how), np.full((1, 4, 4, 3), value)
    )


def test_one_constant_channel_leaves_the_others():
    image = IMAGES[:1].copy()
    image[..., 1] = 7
    made = normalise(jnp.asarray(image), "minmax")
    np.testing.assert_array_equal(made[..., 1], np.full((1, 4, 5), 0.5))
    assert made[..., 0].min() == 0 and made[..., 0].max() == 1
