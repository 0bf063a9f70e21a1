import numpy as np
import pytest

from data_builders.pixels.strain import optical_strain


def test_strain_is_that_of_finite_differences_by_hand():
    flow = np.random.default_rng(0).normal(size=(2, 5, 6, 2))
    found = optical_strain(flow)
    assert found.shape == (2, 5, 6) and found.dtype == np.float32
    for k, y, x in [(0, 2, 3), (1, 1, 1), (0, 0, 2), (1, 4, 5)]:
        above, below = max(y - 1, 0), min(y + 1, 4)
        left, right = max(x - 1, 0), min(x + 1, 5)
        by_x = (flow[k, y, right] - flow[k, y, left]) / (right - left)
        by_y = (flow[k, below, x] - flow[k, above, x]) / (below - above)
        shear = (by_y[0] + by_x[1]) / 2
        expected = (by_x[0] ** 2 + by_y[1] ** 2 + 2 * shear**2) ** 0.5
        assert found[k, y, x] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("matrix", "strain"),
    [
        ([[0, 0], [0, 0]], 0),
        ([[0, -0.1], [0.1, 0]], 0),  # a small rotation
        ([[0.2, 0], [0, 0]], 0.2),  # stretched along x
        ([[0.2, 0], [0, -0.2]], 0.2 * 2**0.5),
        ([[0, 0.2], [0, 0]], 0.2 / 2**0.5),  # sheared
    ],
)
def test_strain_of_an_affine_motion(matrix, strain):
    y, x = np.mgrid[:6, :7]
    flow = np.stack([x, y], axis=-1) @ np.array(matrix).T + [3.0, -1.0]
    np.testing.assert_allclose(optical_strain(flow), strain, atol=1e-6)


def test_half_precision_flow_of_a_record_is_taken():
    assert optical_strain(np.ones((3, 8, 8, 2), np.float16)).max() == 0
