"""Action units in the clip table: the nine of them, and whether any was coded."""

import numpy as np
import pytest

from mol_jax.data import inputs
from mol_jax.data.action_units import UNITS


@pytest.mark.parametrize(
    ("text", "shown", "any_coded"),
    [
        ("4+R12", {4, 12}, True),
        ("A1B+A2C", {1, 2}, True),
        ("R14A or 17A", {14}, True),
        ("L10+15+17+25", {10, 15, 17, 25}, True),
        ("7+9", set(), True),  # none of the nine
        ("", set(), False),
        ("?", set(), False),
    ],
)
def test_a_record_is_read_as_coded(text, shown, any_coded):
    alone = {"frame_numbers": np.arange(3), "apex": np.int64(1), "action_units": text}
    begun = inputs.begin(alone, ("aus", "has_aus"))
    assert {u for u, on in zip(UNITS, begun["aus"], strict=True) if on} == shown
    assert begun["has_aus"].dtype == begun["aus"].dtype == bool
    assert begun["has_aus"].shape == () and bool(begun["has_aus"]) == any_coded
