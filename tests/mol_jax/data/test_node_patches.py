"""Patches about landmarks: which pixels they are of, at the border too, and of what."""

import numpy as np
import pytest

from data_builders.pixels.strain import optical_strain
from mol_jax.data.landmarks import MIRROR
from mol_jax.data.node_patches import BROW, NODES, SHAPE, make, mirror
from mol_jax.data.recorded import RecordedClip

SIDE = 24
FLOW = np.random.default_rng(0).normal(size=(SIDE, SIDE, 2)).astype(np.float16)
POINTS = np.random.default_rng(1).uniform(3, SIDE - 4, (2, 68, 2)).astype(np.float32)


def patches(points=POINTS):
    return make(RecordedClip(np.arange(2), 1, landmarks=points, flow=FLOW))


def literal(x, y):
    """Returns the window of 7×7 px whose middle is the pixel (x, y) of the aligned image."""
    strain = optical_strain(FLOW.astype(np.float32))
    made = np.zeros((7, 7, 3))
    for i in range(7):
        for j in range(7):
            row, column = y + i - 3, x + j - 3
            made[i, j] = *FLOW[row, column].astype(float), strain[row, column]
    return made


def test_a_patch_is_of_the_pixel_that_the_onsets_landmark_lies_in():
    found = patches()
    assert found.shape == SHAPE == (30, 7, 7, 3) and found.dtype == np.float32
    for node, landmark in enumerate(NODES):
        x, y = np.rint(POINTS[0, landmark]).astype(int)
        np.testing.assert_allclose(found[node], literal(x, y), rtol=1e-6)


@pytest.mark.parametrize(
    ("point", "middle"), [((0, 0), (3, 3)), ((23.4, 1), (20, 3)), ((-9, 40), (3, 20))]
)
def test_a_patch_at_the_border_is_moved_into_the_image(point, middle):
    points = POINTS.copy()
    points[0, NODES[4]] = point
    np.testing.assert_allclose(patches(points)[4], literal(*middle), rtol=1e-6)


def test_x_is_the_column_and_the_apex_landmarks_are_not_looked_at():
    before, points = patches(), POINTS.copy()
    points[0, NODES[2]] = points[0, NODES[2], ::-1]
    changed = np.abs(patches(points) - before).reshape(30, -1).max(axis=1) > 0
    assert changed.tolist() == [node == 2 for node in range(30)]
    points = POINTS.copy()
    points[1] = 5
    np.testing.assert_array_equal(patches(points), before)


def test_nodes_keep_to_their_region_in_a_mirror():
    nodes = np.array(NODES)
    assert set(nodes[:BROW]) == set(range(17, 27)) and set(nodes[BROW:]) == set(range(48, 68))
    tagged = np.zeros(SHAPE, np.float32)
    tagged[..., 1] = nodes[:, None, None]
    np.testing.assert_array_equal(mirror(tagged, SIDE)[:, 0, 0, 1], MIRROR[nodes])
