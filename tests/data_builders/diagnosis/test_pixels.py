import math

import cv2
import numpy as np
import pytest

from data_builders.casme2 import annotation as casme2
from data_builders.diagnosis import folders, pixels
from tests.data_builders.conftest import FixedDetector, pattern
from tests.data_builders.diagnosis.conftest import Report


def test_misses_are_odd_and_too_many_are_bad(whole):
    clips = sorted(whole.frames.glob("*/*"))
    cv2.imwrite(str(clips[0] / "img10.jpg"), np.zeros((120, 100), np.uint8))
    report = Report("synthetic", whole.root)
    assert report.code == 1
    assert report.below("a face in 29 of 30 images") == ["sub01/EP_disgust: frames 10"]
    assert "frames that are not cropped do better" in report.text
    for clip in clips:
        cv2.imwrite(str(clip / "img10.jpg"), np.zeros((120, 100), np.uint8))
    assert Report("synthetic", whole.root).code == 2
    report = Report("synthetic", whole.root, max_missed=0.5)
    assert report.code == 1 and "--max_missed=0.5" in report.lines[-1]


def test_a_build_stops_at_damaged_images_in_the_sample(whole):
    clips = sorted(whole.frames.glob("*/*"))
    (clips[0] / "img10.jpg").write_bytes(b"no image")
    (clips[0] / "img19.jpg").write_bytes((clips[0] / "img18.jpg").read_bytes()[:200])
    cv2.imwrite(str(clips[-1] / "img19.jpg"), pattern(3)[:50])
    report = Report("synthetic", whole.root, sample=99)
    assert report.code == 2
    assert len(report.below("a build stops at 3 damaged images")) == 3
    assert "img10.jpg is damaged or no image" in report.text
    assert "the frames of a clip have one size" in report.text
    assert "24 images can be read" in report.text
    (clips[3] / "img0019.jpg").write_bytes(b"")
    report = Report("synthetic", whole.root)
    assert "has two images for frame 19" in report.below("1 clip that a build stops at")[0]


def test_no_image_can_be_read(whole):
    for file in whole.frames.rglob("*.jpg"):
        file.write_bytes(b"")
    report = Report("synthetic", whole.root)
    assert report.code == 2 and "cannot be built: 1 fault" in report.text


def test_the_sample_is_as_large_as_asked_and_the_same_every_time(whole):
    report = Report("synthetic", whole.root, sample=2)
    assert "first, middle and last frame of 2 clips" in report.text
    assert [one for one in pixels.choose("abcde", 3)] == ["a", "c", "e"]
    assert pixels.choose("ab", 9) == ["a", "b"]


def test_few_images_are_kept_of_a_large_sample(whole):
    clips = casme2.annotate(whole.root, "casme2").clips
    found = [folders.list_frames(clip, folders.Folder.open(clip.folder)) for clip in clips]
    seen = pixels.look(found, FixedDetector())
    assert len(seen.clips) == 10 and len(seen.pairs) == pixels.PAIRS
    assert seen.pairs[0].shape == (2, 120, 100)


def test_unlikely_means_unlikely():
    assert pixels._tail(0, 30, 0.05) == pytest.approx(1)
    assert pixels._tail(30, 30, 0.05) == pytest.approx(0.05**30)
    assert pixels._tail(1, 2, 0.5) == pytest.approx(0.75)


@pytest.mark.parametrize(("missed", "images", "rate"), [(3, 20, 0.05), (1, 5, 0.3), (0, 4, 0.1)])
def test_the_tail_is_that_of_a_binomial(missed, images, rate):
    def chance(k):
        return math.comb(images, k) * rate**k * (1 - rate) ** (images - k)

    expected = sum(map(chance, range(missed, images + 1)))
    assert pixels._tail(missed, images, rate) == pytest.approx(expected)


def test_the_tail_of_a_large_sample_can_be_told():
    assert pixels._tail(60, 3600, 0.05) == pytest.approx(1.0)
    assert pixels._tail(400, 3600, 0.05) < 1e-9
    assert (pixels._tail(1, 10, 0.0), pixels._tail(10, 10, 1.0)) == (0.0, 1.0)
