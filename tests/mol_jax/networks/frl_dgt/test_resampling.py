"""Resampling against interpolation by SciPy, and against triangles summed in a loop."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import ndimage

from mol_jax.networks.frl_dgt.resampling import patches, resample, tents
from tests.mol_jax.networks.frl_dgt.drawn import normal

SIDE = 24
IMAGES = normal(0, (2, SIDE, SIDE, 3))
WHOLE = (0, 0, SIDE - 1, SIDE - 1)


def boxes(*each):
    return np.tile(np.float32(each), (2, 1, 1))


brought = jax.jit(resample, static_argnums=2)


def test_the_whole_image_at_its_own_size_is_itself():
    np.testing.assert_array_equal(brought(IMAGES, boxes(WHOLE), SIDE)[:, 0], IMAGES)


@pytest.mark.parametrize("box", [(1.3, 2.6, 12.1, 9.9), (14.0, 0.0, 23.0, 23.0)])
def test_enlarged_it_is_bilinear(box):
    y, x = (np.linspace(box[axis], box[axis + 2], SIDE) for axis in (1, 0))
    places = np.meshgrid(y, x, indexing="ij")
    resampled = brought(IMAGES, boxes(box), SIDE)[1, 0]
    for channel in range(3):
        expected = ndimage.map_coordinates(IMAGES[1, ..., channel], places, order=1)
        np.testing.assert_allclose(resampled[..., channel], expected, atol=1e-4)


def test_shrunk_it_is_a_triangle_filter():
    x0, y0, x1, y1 = box = (0.5, 3.0, 22.5, 17.0)
    size = 6
    resampled = np.asarray(brought(IMAGES, boxes(box), size)[0, 0])
    for i, j in np.ndindex(size, size):
        total, weights = np.zeros(3), 0.0
        for y, x in np.ndindex(SIDE, SIDE):
            across, down = (x1 - x0) / (size - 1), (y1 - y0) / (size - 1)
            weight = max(0, 1 - abs(x - x0 - j * across) / across)
            weight *= max(0, 1 - abs(y - y0 - i * down) / down)
            total += weight * IMAGES[0, y, x]
            weights += weight
        np.testing.assert_allclose(resampled[i, j], total / weights, atol=1e-5)


def test_a_sample_at_the_border_reads_the_border():
    weights = jax.jit(lambda low, high: tents(low, high, side=SIDE, size=5))(
        np.zeros(1, np.float32), np.full(1, SIDE - 1, np.float32)
    )[0]
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-6)
    assert weights[0].argmax() == 0 and weights[-1].argmax() == SIDE - 1


def test_no_gather_and_no_scatter_forward_or_back():
    def loss(images, boxes):
        return resample(images, boxes, 5).sum()

    program = str(jax.make_jaxpr(jax.value_and_grad(loss, argnums=(0, 1)))(IMAGES, boxes(WHOLE)))
    assert "gather" not in program and "scatter" not in program and "dynamic" not in program
    assert program.count("dot_general") >= 4
    by_index = str(jax.make_jaxpr(lambda images, i: images[:, i])(IMAGES, jnp.int32(1)))
    assert "dynamic" in by_index or "gather" in by_index


def test_patches_are_cut_row_by_row():
    cut = np.asarray(jax.jit(lambda images: patches(images, 8))(IMAGES[None]))
    assert cut.shape == (1, 2, 9, 8 * 8 * 3)
    for number in range(9):
        y, x = divmod(number, 3)
        block = IMAGES[1, 8 * y : 8 * y + 8, 8 * x : 8 * x + 8]
        np.testing.assert_array_equal(cut[0, 1, number], block.reshape(-1))
    with pytest.raises(AssertionError):
        patches(IMAGES, 7)
