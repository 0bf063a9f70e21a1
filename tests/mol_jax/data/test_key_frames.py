"""Which frame is in which slot, against a literal loop; the motion of a clip as one image."""

import numpy as np
import pytest

from data_builders.annotations.annotation import NO_APEX
from mol_jax.data import dynamic_image, key_frames
from mol_jax.data.recorded import RecordedClip, recorded

CLIPS = {
    "a usual one": (range(46, 87), 59),
    "an apex right after the onset": (range(46, 87), 47),
    "an apex near the offset": (range(46, 87), 85),
    "an apex at the offset": (range(46, 87), 86),
    "an apex beyond the offset": (range(46, 87), 99),
    "an apex at the onset": (range(46, 87), 46),
    "no apex": (range(46, 87), NO_APEX),
    "no apex in four frames": (range(3, 7), NO_APEX),
    "three frames": (range(3, 6), 4),
    "two frames": (range(3, 5), 4),
    "two frames without an apex": (range(3, 5), NO_APEX),
    "one frame": ([7], NO_APEX),
    "an absent apex": ([10, 11, 12, 17, 18, 20], 14),
    "nothing but the onset near the apex": ([1, 20, 30], 3),
    "a late apex on a short disk": ([1, 2, 9, 10], 40),
    "every second frame": (range(100, 171, 2), 121),
}


def clip_of(name: str) -> RecordedClip:
    """Returns a clip of random frames."""
    numbers, apex = CLIPS[name]
    frames = np.random.default_rng(0).integers(0, 256, (len(numbers), 6, 5, 1), dtype=np.uint8)
    record = {"frame_numbers": np.array(numbers), "apex": np.int64(apex), "frames": frames}
    return recorded(record, ("frames",))


def literally_nearest(numbers, wanted, among) -> int:
    best = among[0]
    for index in among:
        if abs(numbers[index] - wanted) < abs(numbers[best] - wanted):
            best = index
    return best


@pytest.mark.parametrize("name", CLIPS)
def test_slots_are_those_of_a_literal_loop(name):
    numbers, apex = list(CLIPS[name][0]), CLIPS[name][1]
    first, last = numbers[0], numbers[-1]
    shown = apex if apex > first else (first + last) // 2
    every = range(len(numbers))
    expected = [0]
    for beside in (-2, -1, 0, 1, 2):
        wanted = min(max(min(shown, last) + beside, first + 1), last)
        expected.append(literally_nearest(numbers, wanted, every[1:] or every))
    for k in range(10):
        expected.append(literally_nearest(numbers, round(first + k * (last - first) / 9), every))
    found = clip_of(name)
    np.testing.assert_array_equal(key_frames.indices(found), expected)
    np.testing.assert_array_equal(key_frames.make(found), found.frames[expected])
    around = expected[key_frames.AROUND_APEX]
    assert 0 not in around or len(numbers) == 1
    assert [expected[at] for at in (key_frames.ONSET, 6, 15)] == [0, 0, len(numbers) - 1]


def test_a_usual_clip_has_these_frames():
    expected = [0, 11, 12, 13, 14, 15, 0, 4, 9, 13, 18, 22, 27, 31, 36, 40]  # of apex 59, from 46
    found = clip_of("a usual one")
    np.testing.assert_array_equal(key_frames.indices(found), expected)
    assert found.numbers[expected[key_frames.APEX]] == found.apex == 59
    assert slice(6, 16) == key_frames.FROM_ONSET_TO_OFFSET and key_frames.SLOTS == 16


@pytest.mark.parametrize("name", CLIPS)
def test_a_dynamic_image_is_that_of_a_literal_loop(name):
    numbers, found = list(CLIPS[name][0]), clip_of(name)
    last = numbers[-1] - numbers[0] + 1
    total = np.zeros((6, 5))
    for t in range(1, last + 1):
        at = literally_nearest(numbers, numbers[0] + t - 1, range(len(numbers)))
        total += (2 * t - last - 1) * found.frames[at].astype(float)
    largest = np.abs(total).max()
    made = dynamic_image.make(found)
    np.testing.assert_allclose(made, total / largest if largest else total, atol=1e-6)
    assert np.abs(made).max() == (1 if len(numbers) > 1 else 0)
    assert dynamic_image.weights(found.numbers).sum() == 0


@pytest.mark.parametrize("count", [1, 2, 8, 41])
def test_frames_are_pooled_by_the_means_of_those_before(count):
    expected = np.zeros(count)  # what each frame has of the sum of V_q - V_t over q > t
    for t in range(count):
        for q in range(t + 1, count):
            expected[: q + 1] += 1 / (q + 1)
            expected[: t + 1] -= 1 / (t + 1)
    found = dynamic_image.pooled(count)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert abs(found.sum()) < 1e-9
    if count == 8:
        printed = [-8.46, -1.46, 1.04, 2.04, 2.29, 2.09, 1.59, 0.875]
        np.testing.assert_allclose(found, printed, atol=5e-3)


def test_an_absent_frame_counts_as_its_nearest_in_a_small_dynamic_image():
    numbers = np.array(CLIPS["an absent apex"][0])
    frames = np.random.default_rng(0).integers(0, 256, (6, 6, 6), dtype=np.uint8)
    clip = RecordedClip(numbers, 14, frames)
    at = [literally_nearest(numbers, number, range(6)) for number in range(10, 21)]
    whole = RecordedClip(np.arange(10, 21), 14, frames[at])
    small = dynamic_image.make_small(clip, side=3)
    np.testing.assert_allclose(small, dynamic_image.make_small(whole, side=3), atol=1e-6)
    assert np.abs(small).max() == 1
    other = RecordedClip(np.arange(6), 3, clip.frames)
    assert np.abs(small - dynamic_image.make_small(other, side=3)).max() > 0.05


def test_a_dynamic_image_is_bright_where_a_clip_becomes_bright():
    frames = np.full((200, 2, 2), 100, np.uint8)
    assert not dynamic_image.make(RecordedClip(np.arange(200), 9, frames)).any()
    frames[:, 0, 0], frames[:, 1, 1] = np.arange(200), np.arange(200)[::-1]
    made = dynamic_image.make(RecordedClip(np.arange(200), 9, frames))
    np.testing.assert_array_equal(made, [[1, 0], [0, -1]])
