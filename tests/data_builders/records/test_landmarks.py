import dataclasses
import os

import cv2
import numpy as np
import pytest

from data_builders.casme2 import annotation
from data_builders.records import landmarks
from data_builders.records.landmarks import LandmarkCache
from data_builders.records.record import RecordSettings, make_record
from tests.data_builders.conftest import mean_landmarks, pattern

SETTINGS = RecordSettings(frames=2, size=72, flow="dis")


@pytest.fixture
def counting(detector):
    """A detector that notes how often it is asked, and whose points differ between images."""

    class Counting(detector):
        asked = 0

        def __call__(self, image):
            self.asked += 1
            found = super().__call__(image)
            return None if found is None else found + np.float32(image.mean() / 100)

    return Counting()


@pytest.fixture
def clip(tree):
    tree.add("01", "EP02_01f", onset=10, apex=14, offset=19, black=(10,))
    tree.write_workbook()
    return annotation.annotate(tree.root, "casme2").clips[0]


@pytest.fixture
def cache(tmp_path):
    return LandmarkCache(tmp_path / "landmarks", tmp_path, "fixed 1")


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def test_a_frame_is_searched_once_whatever_is_built(clip, counting, cache):
    expected = {}
    for settings in (SETTINGS, RecordSettings(4, 144, "per_frame", "dis")):
        expected[settings] = make_record(clip, settings, counting).example
    assert counting.asked == 20
    counting.asked = 0
    for settings, example in expected.items():
        result = make_record(clip, settings, counting, cache)
        same(result.example, example)
        assert (result.frames, result.missed) == (10, 1)  # faces that are not there are kept too
    assert counting.asked == 10
    (file,) = cache.folder.iterdir()
    assert file.stat().st_size < 10 * 600 + 2000


def test_only_new_and_changed_frames_are_searched(clip, counting, cache):
    narrow = dataclasses.replace(clip, onset=14)
    make_record(narrow, SETTINGS, counting, cache)
    assert counting.asked == 6
    make_record(clip, SETTINGS, counting, cache)
    assert counting.asked == 10
    make_record(narrow, SETTINGS, counting, cache)
    assert counting.asked == 10
    changed = pattern(99)
    assert cv2.imwrite(str(clip.folder.parent / "other.jpg"), changed)
    (clip.folder / "img15.jpg").write_bytes((clip.folder / "img17.jpg").read_bytes())
    os.utime(clip.folder / "img16.jpg")
    found = make_record(clip, SETTINGS, counting, cache).example
    assert counting.asked == 10  # one frame is the other's copy now, one has only another time
    image = clip.folder / "img15.jpg"
    image.write_bytes((clip.folder.parent / "other.jpg").read_bytes())
    found = make_record(clip, SETTINGS, counting, cache).example
    assert counting.asked == 11
    same(found, make_record(clip, SETTINGS, counting).example)


def test_frames_that_change_places_keep_their_own_landmarks(clip, counting, cache):
    """Bitmaps of one size, whose times an archive rounded, are told apart by nothing else."""
    make_record(clip, SETTINGS, counting, cache)
    one, other = clip.folder / "img11.jpg", clip.folder / "img18.jpg"
    pixels = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(pixels)
    found = make_record(clip, SETTINGS, counting, cache).example
    assert counting.asked == 10
    same(found, make_record(clip, SETTINGS, counting).example)


def other_detector(cache):
    return dataclasses.replace(cache, detector="fixed 2")


def cut_short(cache):
    (file,) = cache.folder.iterdir()
    file.write_bytes(file.read_bytes()[:300])
    return cache


def emptied(cache):
    (file,) = cache.folder.iterdir()
    file.write_bytes(b"")
    return cache


@pytest.mark.parametrize("spoil", [other_detector, cut_short, emptied])
def test_what_is_stale_or_damaged_is_made_again(clip, counting, cache, spoil):
    expected = make_record(clip, SETTINGS, counting, cache).example
    spoilt = spoil(cache)
    same(make_record(clip, SETTINGS, counting, spoilt).example, expected)
    assert counting.asked == 20
    same(make_record(clip, SETTINGS, counting, spoilt).example, expected)
    assert counting.asked == 20


def test_a_file_of_another_version_is_made_again(clip, counting, cache, monkeypatch):
    make_record(clip, SETTINGS, counting, cache)
    monkeypatch.setattr(landmarks, "REVISION", 99)
    make_record(clip, SETTINGS, counting, cache)
    make_record(clip, SETTINGS, counting, cache)
    assert counting.asked == 20


def test_a_moved_dataset_keeps_its_landmarks(clip, counting, cache, tmp_path):
    make_record(clip, SETTINGS, counting, cache)
    moved = clip.folder.rename(tmp_path / "elsewhere")
    make_record(dataclasses.replace(clip, folder=moved), SETTINGS, counting, cache)
    assert counting.asked == 10


def test_of_two_people_both_are_kept_and_one_is_followed(clip, cache):
    """Frame by frame the larger one would change."""

    class Two:
        asked = 0

        def every(self, image):
            self.asked += 1
            sizes = (1.0, 0.9) if self.asked % 3 else (0.9, 1.0)
            return [mean_landmarks() * sizes[0], mean_landmarks() * sizes[1] + np.float32(200)]

    two = Two()
    result = make_record(clip, SETTINGS, two, cache)
    assert (two.asked, result.several, result.leaps, result.missed) == (10, 10, 0, 0)
    narrow = dataclasses.replace(clip, onset=14)
    assert make_record(narrow, SETTINGS, two, cache).several == 6
    assert two.asked == 10
    same(make_record(clip, SETTINGS, two, cache).example, result.example)
    assert np.ptp(result.example["landmarks"].mean(axis=(1, 2))) < 20
