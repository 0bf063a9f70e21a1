import numpy as np
import pytest

from data_builders.pixels import faces
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
