"""Whose face is which, and the stretches in which it is there."""

import numpy as np

from data_builders.pixels import person
from mol_jax.predicting.reading.following import follow
from tests.mol_jax.predicting.filmed import SHAPE

WIDE = (96, 128)


def face(x, y=48.0, scale=1.0):
    return (scale * SHAPE + (x, y)).astype(np.float32)


def followed(frames, *, every=False, rate=30):
    return follow(frames, np.arange(len(frames)) / rate, WIDE, every=every)


def test_one_face_is_one_stretch_and_gaps_are_filled_in():
    one = [[face(40 + k)] for k in range(20)]
    one[7] = []
    (found,) = followed(one)
    assert found.stretches == ((0, 19),) and found.frames.tolist() == list(range(20))
    assert found.found.sum() == 19 and not found.found[7]
    np.testing.assert_allclose(found.landmarks[7], face(47), atol=1e-4)


def test_a_long_gap_and_a_leap_part_it_and_no_stretch_goes_over_them():
    one = [[face(40)]] * 10 + [[]] * 15 + [[face(40)]] * 10 + [[face(100)]] * 10
    (found,) = followed(one)
    assert found.stretches == ((0, 9), (25, 34), (35, 44))


def test_short_ends_without_a_face_are_filled_in_and_long_ones_left_out():
    (found,) = followed([[]] * 4 + [[face(40)]] * 20 + [[]] * 30)
    assert found.frames.tolist() == list(range(24))
    assert found.stretches == ((0, 23),)


def test_the_most_prominent_is_first_and_all_are_told_apart():
    two = [[face(30, scale=0.5), face(90)] for _ in range(20)]
    (largest,) = followed(two)
    assert largest.crowded == 20
    first, second = followed(two, every=True)
    np.testing.assert_array_equal(first.landmarks, largest.landmarks)
    np.testing.assert_allclose(second.landmarks[3], face(30, scale=0.5))


def test_what_is_a_face_for_a_moment_is_none_beside_another():
    some = [[face(90)] for _ in range(20)]
    some[4] = [face(90), face(20, scale=0.4)]
    assert len(followed(some, every=True)) == 1
    assert followed([[], []]) == ()


def test_a_long_recording_with_many_cuts_is_not_compared_with_every_place_it_ever_had(monkeypatch):
    calls, true = [], person.overlap
    monkeypatch.setattr(person, "overlap", lambda *pair: calls.append(1) or true(*pair))
    many = [[face(12 + 29 * (k // 3 % 40), scale=0.5)] for k in range(240)]  # a cut in 3 frames
    (found,) = follow(many, np.arange(240) * 1.0, (96, 1200), every=False)
    assert len(calls) < 12 * 240, "each frame with the places of the last ten seconds, and no more"
    assert found.found.all()


def test_who_comes_back_after_long_is_the_same_person():
    one = [[face(40)]] * 10 + [[]] * 20 + [[face(42)]] * 10
    (found,) = followed(one, rate=1)
    assert found.found.sum() == 20
