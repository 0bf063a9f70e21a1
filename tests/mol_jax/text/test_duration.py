"""Times are written with two digits and the unit that a reader would take."""

import pytest

from mol_jax.text.duration import duration


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0034, "3.4 ms"),
        (0.0271, "27 ms"),
        (1, "1.0 s"),
        (2.44, "2.4 s"),
        (41, "41 s"),
        (89, "89 s"),
        (90, "1.5 min"),
        (12 * 60 + 4, "12 min"),
        (9000, "2.5 h"),
        (11 * 86400, "11 days"),
        (1e9, "11,574 days"),
    ],
)
def test_duration(seconds, written):
    assert duration(seconds) == written
