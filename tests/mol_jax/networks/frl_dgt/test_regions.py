"""Boxes of the average generated face as the specification prints them, and of moved faces."""

import jax
import numpy as np
import pytest

from data_builders.pixels.alignment import map_points, similarity
from data_builders.synthetic.drawing.identity import average_face
from mol_jax.data.landmarks import MIRROR
from mol_jax.networks.frl_dgt.regions import (
    LIFTS,
    NAMES,
    SMALLEST,
    WEIGHTS,
    au_boxes,
    grid_boxes,
)

SIDE = 288
AVERAGE = {
    "1L": (45, 35, 126, 92),
    "1R": (161, 35, 242, 92),
    "2": (82, 35, 205, 89),
    "3L": (51, 79, 144, 156),
    "3R": (144, 79, 236, 156),
    "4": (86, 58, 201, 193),
    "5L": (28, 126, 144, 244),
    "5R": (144, 126, 259, 244),
    "6": (81, 170, 206, 282),
}


def face(side=SIDE):
    """Landmarks [68, 2] of the average face in an aligned image of `side` px."""
    points = average_face() * 140
    return map_points(similarity(points, side), points).astype(np.float32)


def crooked(seed=0):
    """A face whose halves differ, as every point is moved by itself."""
    return face() + np.random.default_rng(seed).normal(0, 3, (68, 2)).astype(np.float32)


compiled = jax.jit(au_boxes, static_argnums=1)


def boxes(landmarks, side=SIDE):
    return np.asarray(compiled(np.float32(landmarks)[None], side)[0])


def test_boxes_of_the_average_face():
    assert tuple(AVERAGE) == NAMES
    np.testing.assert_array_equal(np.round(boxes(face())), list(AVERAGE.values()))


def test_a_mirrored_face_has_the_mirrored_boxes_left_and_right_swapped():
    points = crooked()
    mirrored = (points * [-1, 1] + [SIDE - 1, 0])[MIRROR].astype(np.float32)
    x0, y0, x1, y1 = boxes(points).T
    swapped = [NAMES.index(name.translate(str.maketrans("LR", "RL"))) for name in NAMES]
    expected = np.stack([SIDE - 1 - x1, y0, SIDE - 1 - x0, y1], axis=-1)[swapped]
    np.testing.assert_allclose(boxes(mirrored), expected, atol=1e-3)
    assert np.abs(boxes(mirrored) - boxes(points)).max() > 1


def test_vertices_are_points_and_middles_some_of_them_lifted():
    points = crooked().astype(np.float64)
    left, right = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    up = np.hypot(*(right - left)) * np.array([0, -0.1])

    def middle(a, b):
        return (points[a] + points[b]) / 2

    by_hand = {
        "2": [points[19] + up, points[21] + up, points[27] + 2 * up, points[22] + up]
        + [points[24] + up, *points[[19, 21, 22, 24, 27, 38, 39, 42, 43]]],
        "6": [*points[[33, 55, 56, 57, 58, 59]], middle(4, 33), middle(12, 33), middle(5, 59)]
        + [middle(11, 55), middle(6, 58), middle(10, 56), middle(8, 57), *points[[6, 8, 10]]],
    }
    for name, vertices in by_hand.items():
        expected = np.concatenate([np.min(vertices, axis=0), np.max(vertices, axis=0)])
        np.testing.assert_allclose(boxes(points)[NAMES.index(name)], expected, atol=1e-3)
    assert WEIGHTS.shape == (9, 16, 68) and LIFTS.shape == (9, 16)
    np.testing.assert_allclose(WEIGHTS.sum(axis=-1), 1)


def test_every_vertex_has_its_mirror_image():
    """Most lie inside their box, so no box shows which they are."""

    def vertices(region, points):
        rows = zip(WEIGHTS[region][:, points], LIFTS[region], strict=True)
        return {(weights.tobytes(), float(lift)) for weights, lift in rows}

    swapped = [NAMES.index(name.translate(str.maketrans("LR", "RL"))) for name in NAMES]
    for region, other in enumerate(swapped):
        assert vertices(region, MIRROR) == vertices(other, np.arange(68)), NAMES[region]
    assert vertices(0, MIRROR) != vertices(0, np.arange(68))


def test_boxes_move_and_scale_with_the_face_and_have_no_gradient():
    points = crooked()
    np.testing.assert_allclose(boxes(points + 2), boxes(points) + 2, atol=1e-3)
    np.testing.assert_allclose(boxes(points / 2, SIDE // 2), boxes(points) / 2, atol=1e-3)
    gradient = jax.jit(jax.grad(lambda points: au_boxes(points, SIDE).sum()))(points[None])
    np.testing.assert_array_equal(gradient, 0)


@pytest.mark.parametrize("place", [(-50.0, 400.0), (3.0, 285.0), (100.0, 100.0)])
def test_a_box_stays_in_the_image_and_keeps_a_side(place):
    """All landmarks in one place, where none has a size."""
    small = boxes(np.tile(np.float32(place), (68, 1)))
    assert small.min() >= 0 and small.max() <= SIDE - 1
    np.testing.assert_allclose(small[:, 2:] - small[:, :2], SMALLEST)
    nearest = np.clip(place, SMALLEST / 2, SIDE - 1 - SMALLEST / 2)
    np.testing.assert_allclose((small[:, 2:] + small[:, :2]) / 2, np.tile(nearest, (9, 1)))


def test_the_grid_tiles_the_image_row_by_row():
    tiles = np.asarray(grid_boxes(2, 36)[1], int)
    np.testing.assert_array_equal(tiles[:4, :2], [(0, 0), (12, 0), (24, 0), (0, 12)])
    covered = np.zeros((36, 36), int)
    for x0, y0, x1, y1 in tiles:
        covered[y0 : y1 + 1, x0 : x1 + 1] += 1
    np.testing.assert_array_equal(covered, 1)
