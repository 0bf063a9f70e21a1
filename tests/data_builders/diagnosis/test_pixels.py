import math

import cv2
import numpy as np
import pytest

from data_builders import doctor
from data_builders.casme2 import annotation as casme2
from data_builders.diagnosis import every_image, face_findings, folders, pixels
from tests.data_builders.conftest import FixedDetector, mean_landmarks, pattern
from tests.data_builders.diagnosis.conftest import Report


def test_misses_are_odd_and_too_many_are_bad(whole):
    clips = sorted(whole.frames.glob("*/*"))
    cv2.imwrite(str(clips[0] / "img10.jpg"), np.zeros((120, 100), np.uint8))
    report = Report("synthetic", whole.root)
    assert report.code == 1
    assert report.below("a face in 99 of 100 images") == ["sub01/EP_disgust: frames 10"]
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
    assert len(report.below("a build stops at 3 images")) == 3
    assert "img10.jpg is damaged or no image" in report.text
    assert "the frames of a clip have one size" in report.text
    assert "97 images can be read" in report.text
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
    assert "Faces in the first, middle and last image of 2 clips" in report.text
    assert "20 of 100 images were read, and can be: a build stops at a damaged" in report.text
    assert report.lines[-2].strip() == "will build, as far as the sample shows"
    assert [one for one in pixels.choose("abcde", 3)] == ["a", "c", "e"]
    assert pixels.choose("ab", 9) == ["a", "b"]


def test_few_images_are_kept_of_a_large_sample(whole):
    clips = casme2.annotate(whole.root, "casme2").clips
    found = [folders.list_frames(clip, folders.Folder.open(clip.folder)) for clip in clips]
    seen = pixels.look(found, FixedDetector())
    assert len(seen.clips) == 10 and len(seen.pairs) == pixels.PAIRS
    assert seen.pairs[0].shape == (2, 120, 100)


def test_unlikely_means_unlikely():
    assert face_findings.tail(0, 30, 0.05) == pytest.approx(1)
    assert face_findings.tail(30, 30, 0.05) == pytest.approx(0.05**30)
    assert face_findings.tail(1, 2, 0.5) == pytest.approx(0.75)


@pytest.mark.parametrize(("missed", "images", "rate"), [(3, 20, 0.05), (1, 5, 0.3), (0, 4, 0.1)])
def test_the_tail_is_that_of_a_binomial(missed, images, rate):
    def chance(k):
        return math.comb(images, k) * rate**k * (1 - rate) ** (images - k)

    expected = sum(map(chance, range(missed, images + 1)))
    assert face_findings.tail(missed, images, rate) == pytest.approx(expected)


def test_the_tail_of_a_large_sample_can_be_told():
    assert face_findings.tail(60, 3600, 0.05) == pytest.approx(1.0)
    assert face_findings.tail(400, 3600, 0.05) < 1e-9
    assert (face_findings.tail(1, 10, 0.0), face_findings.tail(10, 10, 1.0)) == (0.0, 1.0)


def test_a_damaged_image_outside_the_sample_stops_the_doctor_too(whole):
    """With two clips in a folder as with ten: what a build stops at is no `will build`."""
    clip = sorted(whole.frames.glob("*/*"))[0]
    (clip / "img13.jpg").write_bytes(b"no image")
    report = Report("synthetic", whole.root)
    assert report.code == 2 and "img13.jpg is damaged or no image" in report.text
    cv2.imwrite(str(clip / "img13.jpg"), pattern(13)[:50])
    report = Report("synthetic", whole.root)
    assert report.code == 2 and "img13.jpg is 100x50 px" in report.text


def test_where_reading_takes_long_the_rest_is_said_to_be_unread(whole, monkeypatch):
    monkeypatch.setattr(every_image, "SECONDS", -1.0)
    monkeypatch.setattr(doctor, "SAMPLE", 2)
    report = Report("synthetic", whole.root)
    assert "20 of 100 images were read" in report.text
    assert report.lines[-2].strip() == "will build, as far as the sample shows"


def test_the_rate_of_missed_faces_is_that_of_a_build_where_all_images_were_looked_at(whole):
    """In the first, the middle and the last image of each clip there is a face."""
    for clip in whole.frames.glob("*/*"):
        for number in (11, 12):
            cv2.imwrite(str(clip / f"img{number}.jpg"), np.zeros((120, 100), np.uint8))
    assert Report("synthetic", whole.root).code == 2
    assert "a face in 80 of 100 images: a build stops" in Report("synthetic", whole.root).text
    assert Report("synthetic", whole.root, sample=10).code == 0


class TwoPeople:
    """Two faces in every image; in the one of a black pixel in its corner the other is larger."""

    def every(self, image):
        here = mean_landmarks() * 0.4
        return [here, here * (1.3 if image[0, 0] == 0 else 0.8) + np.float32(60)]


class Leaping:
    """A face that is elsewhere in the images whose first pixel is black."""

    def __call__(self, image):
        return mean_landmarks() * 0.4 + np.float32(70 if image[0, 0] < 50 else 0)


def test_several_faces_and_leaps_are_named_by_clip(whole):
    report = Report("synthetic", whole.root, make_detector=TwoPeople)
    assert report.code == 1
    assert "sub01/EP_disgust: in 10 images" in report.below("10 clips with several faces")
    clip = sorted(whole.frames.glob("*/*"))[0]
    for number in range(15, 20):
        image = pattern(number)
        image[:20, :20] = 0
        cv2.imwrite(str(clip / f"img{number}.jpg"), image)
    report = Report("synthetic", whole.root, make_detector=Leaping)
    assert report.below("1 clip whose face leaps") == ["sub01/EP_disgust: 1 leap"]


def test_images_of_12_bits_in_16_are_said_to_be_that(whole):
    for file in whole.frames.rglob("*.jpg"):
        deep = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE).astype(np.uint16) * 16
        cv2.imwrite(str(file.with_suffix(".png")), deep)
        file.unlink()
    report = Report("synthetic", whole.root)
    assert report.code == 0 and "so 12 bits are used and 4095 is white" in report.text
    clip = sorted(whole.frames.glob("*/*"))[0]
    cv2.imwrite(str(clip / "img11.png"), pattern(11))
    report = Report("synthetic", whole.root)
    assert report.below("1 clip of which some images have 8 bits") == ["sub01/EP_disgust"]
    for file in clip.iterdir():
        deep = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        cv2.imwrite(str(file), deep.astype(np.uint16) * 16)
    report = Report("synthetic", whole.root)
    assert report.code == 2 and "of 256 grey levels would be left" in report.text
