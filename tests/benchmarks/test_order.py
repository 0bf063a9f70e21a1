"""The clips of the benchmark of order differ in it alone, and what it is given is checked."""

import numpy as np
import pytest

from benchmarks import order


def test_classes_have_the_same_motions_in_another_order(monkeypatch):
    monkeypatch.setattr(order, "NOISE", 0.0)
    table = order.clips(2, seed=3)
    images = table.inputs["flow_sequence_4"]
    assert images.shape == (6, 3, 28, 28, 3) and table.label.tolist() == [0, 1, 2] * 2
    for person in (images[:3], images[3:]):
        for label in range(3):
            np.testing.assert_array_equal(person[label], np.roll(person[0], -label, axis=0))
        assert all(np.abs(person[0] - clip).max() > 1 for clip in person[1:])
    assert np.abs(images[0] - images[3]).max() > 0.5, "every person moves otherwise"


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("--steps=0", "steps: expected a whole number from 1 to 10000, got '0'"),
        ("--steps=-3", "expected a whole number from 1"),
        ("--people=few", "people: expected a whole number from 6"),
        ("--people=4", "people: expected a whole number from 6"),
        ("--seeds=1.5", "seeds: expected a whole number from 1"),
        ("--seeds=", "expected a whole number from 1"),
        ("--step=3", "unrecognized arguments"),
        ("--config.train.steps=1", "unrecognized arguments"),
        ("mean", "unrecognized arguments"),
        ("--seeds", "expected one argument"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_a_sentence(flag, words, capsys):
    assert order.main([flag]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and said.out == ""
