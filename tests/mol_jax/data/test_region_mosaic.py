"""The mosaic of four places of a face: where each tile is taken, and where it lies."""

import cv2
import numpy as np
import pytest

from mol_jax.data import region_mosaic
from mol_jax.data.recorded import RecordedClip

SIZE = 144
FIELD = np.random.default_rng(0).normal(size=(SIZE, SIZE, 2)).astype(np.float16)
# An eye at (45, 50) and one at (99, 52), corners of the mouth at (55, 105) and (88, 104)
FACE = {**dict.fromkeys(range(36, 42), (45, 50)), **dict.fromkeys(range(42, 48), (99, 52))}
FACE |= {48: (55, 105), 54: (88, 104)}
TILES = {(0, 0): (45, 50), (0, 1): (99, 52), (1, 0): (55, 105), (1, 1): (88, 104)}


def clip(field: np.ndarray, move: tuple[float, float] = (0, 0)) -> RecordedClip:
    """Returns a clip whose onset has `FACE`, moved by (x, y) px, and whose later frame has none."""
    landmarks = np.zeros((2, 68, 2), np.float32)
    for point, place in FACE.items():
        landmarks[0, point] = np.add(place, move)
    return RecordedClip(np.arange(2), 1, landmarks=landmarks, flow=field)


def tile(image: np.ndarray, row: int, column: int) -> np.ndarray:
    return image[14 * row : 14 * row + 14, 14 * column : 14 * column + 14]


def test_each_tile_is_the_square_about_its_place_shrunk_by_area():
    found = region_mosaic.make(clip(FIELD, (0.5, 0.5)))
    for (row, column), (x, y) in TILES.items():
        window = FIELD[max(y - 35, 0) :, max(x - 35, 0) :][:72, :72].astype(np.float32)
        expected = cv2.resize(window, (14, 14), interpolation=cv2.INTER_AREA)
        np.testing.assert_allclose(tile(found, row, column)[..., :2], expected, atol=1e-5)
    assert found.shape == (28, 28, 3) and (found[..., 2] > 0).all()


@pytest.mark.parametrize("place", TILES)
def test_a_motion_about_a_place_is_in_its_tile(place):
    x, y = TILES[place]
    field = np.zeros_like(FIELD)
    field[y - 2 : y + 3, x - 2 : x + 3, 0] = 1
    found = tile(region_mosaic.make(clip(field)), *place)[..., 0]
    assert {*np.unravel_index(found.argmax(), found.shape)} <= {6, 7}, "in its middle"


def test_strain_is_taken_before_the_image_is_cut_and_shrunk():
    y, x = np.mgrid[:SIZE, :SIZE]
    turned = np.stack([-0.01 * y, 0.01 * x], axis=-1)
    np.testing.assert_allclose(region_mosaic.make(clip(turned))[..., 2], 0, atol=1e-6)
    stretched = np.stack([0.01 * x, 0.0 * y], axis=-1)
    np.testing.assert_allclose(region_mosaic.make(clip(stretched))[..., 2], 0.01, atol=1e-6)


@pytest.mark.parametrize("size", [72, 144, 288])
def test_a_square_stays_inside_and_mirrors_to_the_pixel(size):
    xs = np.arange(-40, size + 40, 0.25)
    found, side = region_mosaic.corner(xs, size), size // 2
    assert found.min() == 0 and found.max() == size - side
    np.testing.assert_array_equal(region_mosaic.corner(size - 1 - xs, size), size - side - found)
    inside = (found > 0) & (found < size - side)
    middle = found + (side - 1) / 2
    assert np.abs(middle - xs)[inside].max() == 0.5 and inside.any()
