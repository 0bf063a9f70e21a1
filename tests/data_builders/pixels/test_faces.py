import numpy as np
import pytest

from data_builders.pixels import faces
from data_builders.synthetic.drawing.clip import draw_clip, frame
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import draw
from mol_jax.errors import UserError


def test_missing_landmarks_are_interpolated_in_the_frame_number():
    first, last = np.zeros((68, 2), np.float32), np.full((68, 2), 10, np.float32)
    found = [None, first, None, None, last, None]
    filled = faces.fill_missing(found, np.array([1, 2, 3, 11, 12, 13]))
    assert filled.shape == (6, 68, 2) and filled.dtype == np.float32
    np.testing.assert_allclose(filled[:, 5, 1], [0, 0, 1, 9, 10, 10])


def test_found_landmarks_are_left_alone():
    found = list(np.random.default_rng(0).normal(size=(4, 68, 2)).astype(np.float32))
    np.testing.assert_array_equal(faces.fill_missing(found, np.arange(4)), np.stack(found))


def box(x, y, side):
    """Landmarks [68, 2] of which two are the corners of a box."""
    points = np.full((68, 2), (x, y), np.float32)
    points[0] += side
    return points


def test_the_most_prominent_face_is_large_and_central():
    small, large, corner = box(90, 90, 20), box(60, 60, 80), box(0, 0, 82)
    order = sorted([small, corner, large], key=lambda one: -faces.prominence(one, (200, 200)))
    assert [one is other for one, other in zip(order, [large, corner, small], strict=True)] == [
        True,
        True,
        True,
    ]
    assert faces.prominence(box(-900, 0, 50), (200, 200)) == 0  # outside: not negative


def test_a_detector_tells_one_face_or_all():
    class All:
        def every(self, image):
            return [box(0, 0, 9), box(50, 0, 9)]

    assert len(faces.every_face(np.zeros((9, 9), np.uint8), All())) == 2
    (one,) = faces.every_face(np.zeros((9, 9), np.uint8), lambda image: box(0, 0, 9))
    assert one.shape == (68, 2)
    assert faces.every_face(np.zeros((9, 9), np.uint8), lambda image: None) == []


def test_packaged_model_is_found_without_importing_its_package():
    import sys

    assert faces.packaged_predictor().stat().st_size > 50e6
    assert "face_recognition_models" not in sys.modules


def test_a_missing_model_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(faces.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UserError, match="pip install face_recognition_models"):
        faces.packaged_predictor()


def test_bad_predictor_files_are_refused(tmp_path):
    with pytest.raises(UserError, match="no landmark model"):
        faces.DlibDetector(tmp_path / "absent.dat")
    (tmp_path / "text.dat").write_text("not a model")
    with pytest.raises(UserError, match="no dlib shape predictor"):
        faces.DlibDetector(tmp_path / "text.dat")


class Points:
    """Stands in for dlib's landmarks: corners and middle of a box, in turn."""

    num_parts = 68

    def __init__(self, box):
        self._box = box

    def part(self, k):
        return (self._box.tl_corner(), self._box.br_corner(), self._box.center())[k % 3]


def of_squares(searched, *, least=0):
    """A detector that finds a bright square, in images of at least `least` px."""
    import dlib

    def find(image, upsampled):
        rows, columns = np.nonzero(image > 150)
        if max(image.shape) < least or not len(rows):
            return []
        ends = (columns.min(), rows.min(), columns.max(), rows.max())
        return [dlib.rectangle(*map(int, ends))]

    made = object.__new__(faces.DlibDetector)
    made._detect, made._searched, made._shape = find, searched, lambda image, box: Points(box)
    return made


@pytest.mark.parametrize("searched", [0, 150, 149, 100, 75])
def test_a_face_is_where_it_is_in_however_small_a_picture_it_is_searched(searched):
    image = np.zeros((120, 300), np.uint8)
    image[36:84, 108:180] = 200  # whole pixels of the picture made 2, 3 or 4 times smaller
    (found,) = of_squares(searched).every(image)
    np.testing.assert_array_equal(found[:2], [(108, 36), (179, 83)])


@pytest.mark.parametrize("searched", [0, 99])
def test_a_face_that_is_found_with_a_margin_is_told_in_pixels_without_it(searched):
    image = np.zeros((80, 100), np.uint8)
    image[20:60, 30:70] = 200
    least = 75 if searched else 101  # of the margin's 150 px, made two times smaller or not
    (found,) = of_squares(searched, least=least).every(image)
    np.testing.assert_allclose(found[:2], [(30, 20), (69, 59)], atol=1 if searched else 0)


@pytest.mark.slow
def test_landmarks_hardly_hang_on_the_size_of_the_search_and_a_twin_finds_the_same():
    face, emotion = draw_face(draw(3)), "surprise"
    clip = draw_clip(face, name="", emotion=emotion, amplitude=(4, 4), frames=(4, 4), seed=(3, 1))
    image = np.ascontiguousarray(frame(face, clip, 0)).mean(axis=-1).astype(np.uint8)
    whole = faces.DlibDetector(faces.packaged_predictor())
    half = faces.DlibDetector(faces.packaged_predictor(), searched=max(image.shape) // 2)
    (one,), (other,) = whole.every(image), half.every(image)
    np.testing.assert_allclose((other - one).mean(axis=0), 0, atol=1)
    assert np.linalg.norm(other - one, axis=1).mean() < 1.5
    np.testing.assert_array_equal(half.twin().every(image)[0], other)
