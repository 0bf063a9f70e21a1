"""Bi-WOOF of motions whose histograms are known."""

import numpy as np
import pytest

from mol_jax.classic import woof

S = 144


def flow(u, v):
    return np.stack(np.broadcast_arrays(u, v, np.zeros((S, S)))[:2], axis=-1)


def test_blocks_overlap_by_a_pixel_and_cover_the_image():
    found = woof.blocks(S)
    assert len(found) == 25
    assert [(one.start, one.stop) for _, one in found[:5]] == [
        (0, 30), (28, 59), (57, 87), (85, 116), (114, 144),
    ]  # fmt: skip


def test_a_shift_of_the_whole_face_has_no_strain_and_so_nothing():
    moved = flow(1.5, -0.5)
    assert len(np.unique(woof.direction(moved))) == 1
    assert not woof.histograms(moved).any()
    assert not woof.histograms(flow(0, 0)).any()


def test_each_block_has_its_direction_weighed_by_its_strain():
    """u = a x where the face is left of the middle: strain a there, and none to the right."""
    x = np.arange(S)[None]
    found = woof.histograms(flow(0.02 * np.minimum(x, 71), 0)).reshape(5, 5, 8)
    assert np.linalg.norm(found) == pytest.approx(1)
    np.testing.assert_allclose(found.sum((0, 1)), [0, 0, 0, 0, found.sum(), 0, 0, 0])
    assert not found[:, 3:].any() and found[:, :3].sum(-1).all()
    # The first block is 30 px wide and 30 high, the second 31: strain is the same in every pixel.
    assert found[0, 1, 4] / found[0, 0, 4] == pytest.approx(31 / 30)


def test_the_circle_is_closed_and_directions_are_counted_by_size():
    angles = np.array([-180, 180, -179.9, 179.9, 0, 90, -90])
    of = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=-1)
    of[0] = (-1, -0.0)
    assert woof.direction(of).tolist() == [0, 0, 0, 7, 4, 6, 2]
    y = np.arange(S)[:, None]
    left = flow(np.where(y % 4 < 2, 3.0, -1.0), 0.0)  # half of the pixels each, thrice as far right
    found = woof.histograms(left).reshape(25, 8)
    np.testing.assert_allclose(found[12, 4] / (found[12, 4] + found[12, 0]), 0.75, atol=0.02)


def test_every_direction_and_size_has_a_part():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(S, S, 2)).astype(np.float32)
    found = woof.histograms(one)
    assert found.shape == (200,) and (found > 0).all()
    other = one.copy()
    other[3, 5] = 40, 2
    assert np.abs(woof.histograms(other) - found).max() > 1e-4
