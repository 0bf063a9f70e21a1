"""LBP-TOP against literal loops and scikit-image, and what its histograms must keep."""

import itertools
import math

import numpy as np
import pytest
from skimage.feature import local_binary_pattern

from mol_jax.classic import lbp

RNG = np.random.default_rng(0)
SMALL = RNG.integers(0, 256, (6, 9, 11), dtype=np.uint8)


def read(volume, at):
    """Returns a volume between its voxels, in plain loops; nothing outside of it is there."""
    total = 0.0
    for corner in itertools.product((0, 1), repeat=3):
        weight, voxel = 1.0, []
        for x, up in zip(at, corner, strict=True):
            low = math.floor(round(x, 9))
            share = round(x, 9) - low
            weight *= share if up else 1 - share
            voxel.append(low + up)
        if weight:
            assert all(0 <= i < n for i, n in zip(voxel, volume.shape, strict=True))
            total += weight * volume[tuple(voxel)]
    return total


def literal_code(volume, voxel, radii, plane):
    down, along = plane
    code = 0
    for p in range(8):
        at = [float(i) for i in voxel]
        at[down] -= radii[down] * math.sin(2 * math.pi * p / 8)
        at[along] += radii[along] * math.cos(2 * math.pi * p / 8)
        code |= (read(volume, at) >= volume[tuple(voxel)] - 1e-6) << p
    return code


def literal_histograms(volume, radius, radius_t, blocks):
    """Counts full codes in [time][row][column] blocks and the planes XY, XT and YT."""
    volume, radii = volume.astype(float), (radius_t, radius, radius)
    left = [n - 2 * r for n, r in zip(volume.shape, radii, strict=True)]
    borders = [
        [round(k * n / b) for k in range(b + 1)]
        for n, b in zip(left, (2, blocks, blocks), strict=True)
    ]
    found = []
    for block in itertools.product(range(2), range(blocks), range(blocks)):
        rows = [range(borders[i][k], borders[i][k + 1]) for i, k in enumerate(block)]
        for plane in ((1, 2), (0, 2), (0, 1)):
            counts = np.zeros(256)
            for inner in itertools.product(*rows):
                voxel = [i + r for i, r in zip(inner, radii, strict=True)]
                counts[literal_code(volume, voxel, radii, plane)] += 1
            found.append(counts / counts.sum())
    return np.concatenate(found)


@pytest.mark.parametrize(("radius", "radius_t", "blocks"), [(1, 2, 3), (3, 1, 2)])
def test_it_is_what_literal_loops_count(radius, radius_t, blocks):
    found = lbp.histograms(SMALL, radius=radius, radius_t=radius_t, blocks=blocks, uniform=False)
    assert found.shape == (blocks * blocks * 2 * 3 * 256,)
    np.testing.assert_allclose(found, literal_histograms(SMALL, radius, radius_t, blocks))


@pytest.mark.parametrize("radius", [1, 4])
def test_each_plane_has_the_codes_of_scikit_image(radius):
    volume = RNG.integers(0, 256, (12, 30, 33), dtype=np.uint8)
    inside = slice(radius, -radius)
    found = lbp.codes(volume, radius=radius, radius_t=radius)
    at = 5  # of what is left; the planes are cut out of the middle of the volume
    cut = [volume[at + radius], volume[:, at + radius], volume[:, :, at + radius]]
    ours = [found[0][at % found[0].shape[0]], found[1][:, at], found[2][:, :, at]]
    cut[0] = volume[at % found[0].shape[0] + radius]
    for image, codes in zip(cut, ours, strict=True):
        for method, table in (("default", np.arange(256)), ("nri_uniform", lbp.uniform_table())):
            theirs = local_binary_pattern(image, 8, radius, method)[inside, inside]
            np.testing.assert_array_equal(table[codes], theirs)


def test_noise_has_all_59_codes_and_no_more():
    noise = RNG.integers(0, 256, (3, 144, 144), dtype=np.uint8)
    codes = lbp.uniform_table()[lbp.codes(noise, radius=1, radius_t=1)[0]]
    assert sorted(np.unique(codes)) == list(range(59))


@pytest.mark.parametrize("grey", [0, 7, 255])
def test_a_flat_volume_has_one_code_in_every_block_and_plane(grey):
    """Interpolated, it is flat but for the last digit, which must not make it darker."""
    flat = np.full((10, 32, 32), grey, np.uint8)
    found = lbp.histograms(flat, radius=3, radius_t=4, blocks=2, uniform=True).reshape(-1, 59)
    np.testing.assert_array_equal(found[:, 57], 1)
    assert found.sum() == len(found) == 2 * 2 * 2 * 3


def test_histograms_sum_to_one_and_a_brighter_clip_has_the_same():
    volume = RNG.integers(0, 200, (10, 24, 24), dtype=np.uint8)
    how = {"radius": 2, "radius_t": 4, "blocks": 3, "uniform": True}
    found = lbp.histograms(volume, **how)
    np.testing.assert_allclose(found.reshape(-1, 59).sum(1), 1)
    np.testing.assert_array_equal(lbp.histograms(volume + 55, **how), found)
    other = volume.copy()
    other[5, 12, 12] ^= 255
    assert not np.array_equal(lbp.histograms(other, **how), found)
