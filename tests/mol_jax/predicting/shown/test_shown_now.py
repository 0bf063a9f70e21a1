"""Which window, interval, words and landmarks belong to a frame."""

import dataclasses

import numpy as np
import pytest

from mol_jax.predicting.result import Face, Window
from mol_jax.predicting.shown import shown_now
from mol_jax.spotting.interval import Interval

CLASSES = ("negative", "surprise")
TIMES = np.arange(40) / 10


def window(first, last, *probabilities, landmarks=None):
    told = np.array(probabilities, np.float32) if probabilities else None
    sampled = np.array([first, last])
    return Window(first, last, sampled, told, None, np.eye(2, 3), landmarks)


@pytest.fixture
def face():
    windows = (window(10, 15, 0.6, 0.4), window(13, 18, 0.3, 0.7), window(16, 21, 0.9, 0.1))
    still = np.tile(np.arange(68, dtype=np.float32)[:, None], (20, 1, 2))
    return Face(0, np.arange(10, 30), still, np.ones(20, bool), windows)


def test_of_overlapping_windows_the_one_in_whose_middle_the_frame_is(face):
    shown = [shown_now.window_at(face, frame) for frame in (9, 10, 15, 17, 21, 22)]
    first, second, third = face.windows
    assert [one and (one.first, one.last) for one in shown] == [
        None, (10, 15), (13, 18), (13, 18), (16, 21), None,
    ]  # fmt: skip
    assert shown[1] is first and shown[2] is second and shown[4] is third


def test_inside_an_interval_it_is_the_intervals_own_window_and_class(face):
    own = window(14, 17, 0.2, 0.8)
    face = dataclasses.replace(
        face, intervals=(Interval(14, 15, 17, 1.0),), of_intervals=(own,), signal=np.zeros(20)
    )
    assert shown_now.window_at(face, 15) is own
    assert shown_now.words(face, 15, TIMES, CLASSES) == "spotted: surprise 80 % (1.40–1.70 s)"
    assert shown_now.words(face, 20, TIMES, CLASSES) == "nothing spotted"


def test_without_spotting_the_words_are_the_windows(face):
    assert shown_now.words(face, 16, TIMES, CLASSES) == "window: surprise 70 %"
    assert shown_now.words(face, 25, TIMES, CLASSES) == ""
    unclassified = dataclasses.replace(face, windows=(window(10, 15),))
    assert shown_now.words(unclassified, 12, TIMES, CLASSES) == "window: not classified"


def test_predicted_landmarks_are_carried_along_with_the_detected_ones(face):
    moving = face.landmarks + np.arange(20, dtype=np.float32)[:, None, None]  # 1 px a frame
    predicted = moving[5][None] + np.float32([3, -2])  # of frame 15
    one = window(10, 15, landmarks=predicted)
    face = dataclasses.replace(face, landmarks=moving, windows=(one,))
    for frame in (15, 12):
        points = shown_now.points_at(face, frame)
        np.testing.assert_array_equal(points.predicted, points.detected + np.float32([3, -2]))
    assert shown_now.points_at(face, 20).predicted is None, "no window"
    assert shown_now.points_at(face, 9) is None and shown_now.points_at(face, 30) is None
    away = dataclasses.replace(face, stretches=((0, 6), (12, 19)))
    assert shown_now.points_at(away, 18) is None, "filled in over more than it is looked at"
    assert shown_now.points_at(away, 16) is not None
