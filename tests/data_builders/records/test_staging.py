import dataclasses
import os

import cv2
import numpy as np
import pytest

from data_builders.casme2 import annotation
from data_builders.records import keeping, staging
from data_builders.records.record import RecordSettings, make_record
from data_builders.records.staging import Staging
from tests.data_builders.conftest import pattern

SETTINGS = RecordSettings(frames=2, size=72, flow="dis")


@pytest.fixture
def clips(tree):
    tree.add("01", "EP02_01f", black=(12,))
    tree.add("01", "EP03", black=range(10, 20))
    tree.write_workbook()
    return annotation.annotate(tree.root, "casme2").clips


@pytest.fixture
def staged(tmp_path):
    return Staging(staging.folder_of(tmp_path / "casme2", SETTINGS), tmp_path, "fixed 1")


def save(staged, result, settings=SETTINGS):
    staged.save(result, staged.key(result.annotation, settings))


def load(staged, clip, settings=SETTINGS):
    return staged.load(clip, staged.key(clip, settings))


def test_a_finished_clip_is_what_it_was(clips, staged, detector):
    for clip in clips:
        assert load(staged, clip) is None
        made = make_record(clip, SETTINGS, detector())
        save(staged, made)
        loaded = load(staged, clip)
        assert dataclasses.replace(loaded, example=None) == dataclasses.replace(made, example=None)
        assert (loaded.example is None) == (made.example is None)
    assert loaded.skipped.reason == "no face was found in any of its 10 frames"
    made = make_record(clips[0], SETTINGS, detector()).example
    loaded = load(staged, clips[0]).example
    assert loaded.keys() == made.keys()
    for name, value in made.items():
        np.testing.assert_array_equal(loaded[name], value)
        assert type(loaded[name]) is type(value)
        assert np.asarray(loaded[name]).dtype == np.asarray(value).dtype


@pytest.mark.parametrize(
    "change",
    [{"emotion": "fear"}, {"onset": 11}, {"apex": 15}, {"action_units": ""}, {"person": "x/1"}],
)
def test_another_annotation_is_another_record(clips, staged, detector, change):
    save(staged, make_record(clips[0], SETTINGS, detector()))
    assert load(staged, dataclasses.replace(clips[0], **change)) is None


def test_other_settings_and_detectors_are_other_records(clips, staged, detector):
    save(staged, make_record(clips[0], SETTINGS, detector()))
    for change in ({"frames": 4}, {"size": 144}, {"alignment": "smoothed"}, {"flow": "tvl1"}):
        assert load(staged, clips[0], dataclasses.replace(SETTINGS, **change)) is None
    assert load(dataclasses.replace(staged, detector="fixed 2"), clips[0]) is None
    assert load(staged, clips[0]) is not None


def change_time(folder):
    os.utime(folder / "img15.jpg")


def remove_frame(folder):
    (folder / "img15.jpg").unlink()


@pytest.mark.parametrize("change", [change_time, remove_frame])
def test_other_frames_are_another_record(clips, staged, detector, change):
    save(staged, make_record(clips[0], SETTINGS, detector()))
    change(clips[0].folder)
    assert load(staged, clips[0]) is None


def test_frames_outside_the_clip_do_not_matter(clips, staged, detector):
    save(staged, make_record(clips[0], SETTINGS, detector()))
    (clips[0].folder / "img99.jpg").write_bytes(b"no image")
    assert load(staged, clips[0]) is not None


def test_damage_is_made_again(clips, staged, detector):
    save(staged, make_record(clips[0], SETTINGS, detector()))
    path = staged.folder / keeping.file_name(clips[0])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    assert load(staged, clips[0]) is None


def test_clearing_leaves_other_configs(clips, staged, detector, tmp_path):
    other = dataclasses.replace(SETTINGS, flow="tvl1")
    keep = tmp_path / "casme2"
    result = make_record(clips[0], SETTINGS, detector())
    save(staged, result)
    save(dataclasses.replace(staged, folder=staging.folder_of(keep, other)), result, other)
    staging.clear(keep, SETTINGS)
    assert [path.name for path in (keep / "unfinished").iterdir()] == ["t2_s72_clip"]
    staging.clear(keep, other)
    staging.clear(keep, other)
    assert list(keep.iterdir()) == []


def test_folders_that_change_places_are_other_records(clips, staged, detector):
    """Names, sizes and times of bitmaps may agree between clips: an archive rounds the times."""
    one, other = (clip.folder for clip in clips)
    for folder in (one, other):
        for number in range(10, 20):
            cv2.imwrite(str(folder / f"img{number}.bmp"), pattern(number + 50 * (folder == other)))
            (folder / f"img{number}.jpg").unlink()
            os.utime(folder / f"img{number}.bmp", ns=(10**18, 10**18))
    save(staged, make_record(clips[0], SETTINGS, detector()))
    assert load(staged, clips[0]) is not None
    other.rename(one.with_name("away"))
    one.rename(other)
    one.with_name("away").rename(one)
    assert load(staged, clips[0]) is None
