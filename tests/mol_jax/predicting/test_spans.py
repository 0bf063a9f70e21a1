"""Windows in seconds, whatever the rate, and the pixels of each."""

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.predicting import spans


@pytest.mark.parametrize("rate", [10, 25, 30, 60, 200])
def test_windows_last_as_long_and_begin_as_far_apart_at_any_rate(rate):
    times = np.arange(2 * rate + 1) / rate
    found = spans.windows(times, 0.5, 0.25)
    assert len(found) == 7
    for k, (first, last) in enumerate(found):
        assert abs(times[first] - 0.25 * k) <= 1 / rate
        assert 0.5 - 2 / rate <= times[last] - times[first] <= 0.5 + spans.ROUNDING * 2
    assert found[0] == (0, rate // 2) and found[-1][1] == 2 * rate


def test_all_but_a_short_end_is_in_a_window_also_where_the_rate_varies():
    times = np.cumsum(np.random.default_rng(0).uniform(0.01, 0.08, 200))
    found = spans.windows(times, 0.5, 0.3)
    covered = {k for first, last in found for k in range(first, last + 1)}
    assert covered == set(range(max(covered) + 1)) and times[-1] - times[max(covered)] <= 0.15
    assert spans.windows(np.arange(23) / 30, 0.5, 0.25) == [(0, 15), (7, 22)]
    assert spans.windows(np.arange(22) / 30, 0.5, 0.25) == [(0, 15), (6, 21)]
    assert spans.windows(np.arange(18) / 30, 0.5, 0.25) == [(0, 15)]
    assert all(times[last] - times[first] <= 0.5 + 2 * spans.ROUNDING for first, last in found)


def test_what_is_shorter_than_a_window_has_one_over_all_of_it_and_a_frame_none():
    assert spans.windows(np.arange(5) / 30, 0.5, 0.25) == [(0, 4)]
    assert spans.windows(np.arange(16) / 30, 0.5, 0.25) == [(0, 15)]
    assert spans.windows(np.array([3.0]), 0.5, 0.25) == []


def test_a_camera_slower_than_a_window_still_has_two_frames_in_each():
    assert spans.windows(np.arange(4.0), 0.5, 0.25) == [(0, 1), (1, 2), (2, 3)]
    times = np.arange(60) / 1.9
    found = spans.windows(times, 0.5, 0.25)
    assert {k for first, last in found for k in range(first, last + 1)} == set(range(60))
    assert all(last == first + 1 for first, last in found)
    (said,) = spans.notes(times, np.arange(60), found, 0.5, 0.25)
    assert said == f"{len(found)} windows of two frames last longer than 0.5 s: frames are " + (
        "further apart than that"
    )


def test_frames_between_windows_are_said():
    times = np.arange(91) / 30
    found = spans.windows(times, 0.5, 1.0)
    (said,) = spans.notes(times, np.arange(91), found, 0.5, 1.0)
    inside = {k for first, last in found for k in range(first, last + 1)}
    assert len(inside) < 91
    assert said.startswith(f"{91 - len(inside)} of 91 frames are in no window: --stride=1 is")
    assert not list(spans.notes(times, np.arange(91), found[:1], 0.5, 0.25)), "but for a short end"


def test_each_span_gets_its_own_images_and_no_more_are_held(monkeypatch):
    images = [np.full((2, 2), k, np.uint8) for k in range(10)]
    wanted = [((5, 7), "b"), ((0, 3), "a"), ((6, 9), "c"), ((5, 7), "d"), ((2, 2), "e")]
    got = {of: [int(i[0, 0]) for i in part] for of, part in spans.with_pixels(images, wanted)}
    assert got == {"a": [0, 1, 2, 3], "b": [5, 6, 7], "c": [6, 7, 8, 9], "d": [5, 6, 7], "e": [2]}
    monkeypatch.setattr(spans, "LARGEST", 4 * 4)
    assert len(list(spans.with_pixels(images, wanted[:2]))) == 2
    with pytest.raises(UserError, match="frames 6 to 10 are looked at together"):
        list(spans.with_pixels(images, wanted))


@pytest.mark.parametrize(("duration", "stride"), [(0, 0.25), (-1, 0.25), (0.5, 0), (99, 1)])
def test_windows_that_cannot_be_are_refused(duration, stride):
    with pytest.raises(UserError, match=r"--(duration|stride) is .*such as"):
        spans.check(duration, stride)
