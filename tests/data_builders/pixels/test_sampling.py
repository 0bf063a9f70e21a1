from pathlib import Path

import numpy as np
import pytest

from data_builders.annotations.annotation import NO_APEX, ClipAnnotation, usable_apex
from data_builders.pixels import sampling


def clip(onset, apex, offset):
    return ClipAnnotation(
        dataset="casme2",
        subject="sub01",
        person="casme2/sub01",
        clip="EP02_01f",
        emotion="happiness",
        action_units="12",
        onset=onset,
        apex=apex,
        offset=offset,
        folder=Path(),
    )


@pytest.mark.parametrize("frames", [4, 8, 10, 16])
def test_samples_are_evenly_spaced_frame_numbers(frames):
    numbers = np.arange(46, 87)
    sampled = sampling.sample_indices(numbers, clip(46, 60, 86).apex, frames)
    np.testing.assert_array_equal(numbers[sampled], np.round(np.linspace(46, 86, frames)))
    assert sampling.count_repeats(sampled) == 0
    assert sampled.dtype == np.int64


def test_two_frames_are_onset_and_apex():
    numbers = np.arange(46, 87)
    sampled = sampling.sample_indices(numbers, clip(46, 59, 86).apex, 2)
    np.testing.assert_array_equal(numbers[sampled], [46, 59])


@pytest.mark.parametrize("apex", [NO_APEX, 46])
def test_two_frames_without_a_usable_apex_are_onset_and_middle(apex):
    numbers = np.arange(46, 87)
    sampled = sampling.sample_indices(numbers, clip(46, apex, 86).apex, 2)
    np.testing.assert_array_equal(numbers[sampled], [46, 66])


@pytest.mark.parametrize(("apex", "shown"), [(12, 18), (14, 18), (19, 18), (28, 30)])
def test_an_apex_that_is_absent_is_the_nearest_frame_after_the_onset(apex, shown):
    """To 12 the onset is nearest, and with itself it has no motion; 14 lies in the middle."""
    numbers = np.array([10, 18, 30])
    sampled = sampling.sample_indices(numbers, clip(10, apex, 30).apex, 2)
    np.testing.assert_array_equal(numbers[sampled], [10, shown])
    assert sampling.sample_indices(numbers[:1], clip(10, apex, 30).apex, 2).tolist() == [0, 0]


@pytest.mark.parametrize(("length", "frames", "repeats"), [(5, 8, 3), (1, 4, 3), (8, 8, 0)])
def test_short_clips_repeat_frames_and_say_how_many(length, frames, repeats):
    numbers = np.arange(10, 10 + length)
    sampled = sampling.sample_indices(numbers, clip(10, NO_APEX, 9 + length).apex, frames)
    assert len(sampled) == frames
    assert np.all(np.diff(sampled) >= 0)
    assert sampling.count_repeats(sampled) == repeats


def test_offset_beyond_the_last_frame_on_disk_is_clipped():
    on_disk = np.arange(73, 97)
    annotation = clip(73, 94, 110)
    numbers = sampling.clip_numbers(annotation, on_disk)
    sampled = sampling.sample_indices(numbers, annotation.apex, 8)
    np.testing.assert_array_equal(numbers[sampled], np.round(np.linspace(73, 96, 8)))


def test_the_annotation_bounds_the_clip_not_the_folder():
    numbers = sampling.clip_numbers(clip(46, 60, 86), np.arange(1, 200))
    np.testing.assert_array_equal(numbers, np.arange(46, 87))


def test_a_gap_gives_the_nearest_frame():
    numbers = np.array([10, 11, 12, 17, 18, 20])
    sampled = sampling.sample_indices(numbers, clip(10, NO_APEX, 20).apex, 3)
    np.testing.assert_array_equal(numbers[sampled], [10, 17, 20])


@pytest.mark.parametrize(
    ("apex", "expected"), [(10, 10), (20, 20), (9, -1), (21, -1), (None, -1), (15, 15)]
)
def test_apex_outside_the_clip_is_missing(apex, expected):
    assert usable_apex(10, apex, 20) == expected


def test_phases_are_those_of_the_authors_release():
    """Which cuts n frames into n // t clips: clip j has the frames j, j + n // t, …"""
    numbers = np.arange(46, 87)  # 41 frames: 5 phases of 8, and one frame in none
    rows = sampling.sample_phases(numbers, 8, 9)
    assert rows.shape == (5, 8) and rows.dtype == np.int64
    for j in range(5):
        np.testing.assert_array_equal(numbers[rows[j]], 46 + np.arange(j, j + 5 * 8, 5))


def test_fewer_phases_than_there_are_are_evenly_spaced():
    rows = sampling.sample_phases(np.arange(80), 8, 3)
    np.testing.assert_array_equal(rows[:, 0], [0, 3, 6])


def test_a_video_shorter_than_t_has_no_phase():
    assert sampling.sample_phases(np.arange(10, 15), 8, 2).shape == (0, 8)


def test_phases_take_the_nearest_frame_where_one_is_absent():
    numbers = np.delete(np.arange(32), [5, 6, 20])
    rows = sampling.sample_phases(numbers, 4, 8)
    wanted = np.arange(8)[:, None] + 8 * np.arange(4)
    assert np.abs(numbers[rows] - wanted).max() == 1
    assert (numbers[rows] == wanted).sum() == rows.size - 3


def test_phases_that_fall_together_are_one():
    rows = sampling.sample_phases(np.array([1, 2, 3, 4, 40, 41, 42, 43]), 4, 6)
    assert len({tuple(row) for row in rows}) == len(rows) < 6


@pytest.mark.parametrize("frames", [4, 8])
def test_frames_absent_at_either_end_take_no_samples(frames):
    """Of a clip from 1 to 60."""
    annotation = clip(1, NO_APEX, 60)
    late = sampling.sample_indices(np.arange(40, 61), annotation.apex, frames)
    early = sampling.sample_indices(np.arange(1, 22), annotation.apex, frames)
    assert sampling.count_repeats(late) == sampling.count_repeats(early) == 0
    np.testing.assert_array_equal(late, early)


def test_an_apex_before_the_first_frame_on_disk_is_none():
    two = sampling.sample_indices(np.arange(40, 61), clip(1, 20, 60).apex, 2)
    np.testing.assert_array_equal(two, [0, 10])
