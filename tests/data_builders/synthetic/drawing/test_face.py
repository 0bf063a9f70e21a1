"""A drawn face: the same for the same person, another for another, and a face to dlib."""

import cv2
import numpy as np
import pytest

from data_builders.pixels.faces import DlibDetector, packaged_predictor
from data_builders.synthetic.drawing.canvas import Canvas, curve
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, average_face, draw, landmarks


@pytest.fixture(scope="module")
def faces():
    return [draw_face(draw(seed)) for seed in range(3)]


def grey(face) -> np.ndarray:
    small = cv2.resize(face.image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).round().astype(np.uint8)


def test_average_face_is_symmetric():
    from mol_jax.data.landmarks import MIRROR

    face = average_face()
    mirrored = face[MIRROR] * [-1, 1] + [2 * face[8, 0], 0]
    np.testing.assert_allclose(mirrored, face, atol=1e-12)


def test_a_person_is_the_same_every_time(faces):
    again = draw_face(draw(1))
    np.testing.assert_array_equal(again.image, faces[1].image)
    np.testing.assert_array_equal(again.landmarks, faces[1].landmarks)


def test_people_differ_in_shape_and_looks(faces):
    for other in faces[1:]:
        assert np.abs(other.landmarks - faces[0].landmarks).max() > 2
        assert np.abs(other.image - faces[0].image).mean() > 5


def test_landmarks_of_many_people_stay_in_the_image_and_in_order():
    for seed in range(200):
        points = landmarks(draw(seed))
        assert (points > 0).all() and (points < [WIDTH, HEIGHT]).all()
        assert points[36, 0] < points[39, 0] < points[42, 0] < points[45, 0]
        assert points[19, 1] < points[37, 1] < points[30, 1] < points[51, 1] < points[8, 1]


def test_dlib_finds_the_face_and_its_landmarks(faces):
    detector = DlibDetector(packaged_predictor())
    for face in faces:
        found = detector(grey(face))
        eyes = face.landmarks[42:48].mean(axis=0) - face.landmarks[36:42].mean(axis=0)
        error = np.linalg.norm(found - face.landmarks, axis=1).mean() / np.linalg.norm(eyes)
        assert error < 0.06


def test_a_mask_covers_its_area():
    canvas = Canvas(np.zeros(3))
    square = canvas.polygon([[10, 20], [50, 20], [50, 40], [10, 40]])
    assert abs(square.sum() / 4 - 40 * 20) < 70  # the edge is half covered
    canvas.paint([200, 100, 0], square)
    np.testing.assert_allclose(canvas.image[60, 60], [200, 100, 0])
    assert canvas.image[0, 0].sum() == 0


def test_a_curve_passes_through_its_points():
    points = np.array([[0, 0], [3, 5], [7, 1], [9, 9]], float)
    np.testing.assert_allclose(curve(points)[::12], points)
    np.testing.assert_allclose(curve(points, closed=True)[::12], points)
