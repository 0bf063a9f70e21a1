"""The inverse undoes the motion, landmarks follow the flow, units move what they should."""

import cv2
import numpy as np
import pytest

from data_builders.synthetic import truth
from data_builders.synthetic.drawing.action_units import EMOTIONS, UNITS, pushes
from data_builders.synthetic.drawing.clip import draw_clip, frame, warped
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, draw
from data_builders.synthetic.drawing.motion import grid, time_course
from mol_jax.data.landmarks import MIRROR


@pytest.fixture(scope="module")
def face():
    return draw_face(draw(4))


@pytest.fixture(scope="module")
def clip(face):
    return draw_clip(
        face, name="EP01", emotion="surprise", amplitude=(4, 4), frames=(12, 12), seed=(0, 0, 0)
    )


@pytest.fixture(scope="module")
def known(face, clip, tmp_path_factory):
    path = tmp_path_factory.mktemp("truth") / "EP01.npz"
    truth.save(path, face, clip)
    return truth.load(path)


def displacement(face, unit, points=None, **options):
    points = face.landmarks if points is None else points
    return pushes({unit: 1.0}, face.landmarks, face.who.scale, **options)(points)


# unit: (landmarks of the image's left half, direction they move in)
MOVES = {
    1: ((20, 21), (0, -1)),
    2: ((17, 18), (0, -1)),
    4: ((20, 21), (1, 1)),
    6: ((40, 41), (0, -1)),
    7: ((40, 41), (0, -1)),
    9: ((31,), (0, -1)),
    12: ((48,), (-1, -1)),
    14: ((48,), (1, 0)),
    15: ((48,), (0, 1)),
    17: ((8, 57), (0, -1)),
    20: ((48,), (-1, 0)),
    26: ((8, 57), (0, 1)),
}


def test_all_twelve_units_are_there():
    assert set(UNITS) == set(MOVES)
    assert {unit for units in EMOTIONS.values() for e in units for unit in e} == set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_moves_its_landmarks_its_way(face, unit):
    moved = displacement(face, unit)
    ids, direction = MOVES[unit]
    assert (moved[list(ids)] @ np.array(direction) > 0.2).all()
    still = [i for i in range(68) if np.linalg.norm(moved[i]) < 0.05]
    assert len(still) >= 24  # a unit moves a part of the face


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_peaks_at_one_px_and_is_symmetric(face, unit):
    everywhere = displacement(face, unit, grid(WIDTH, HEIGHT))
    assert 0.95 < np.linalg.norm(everywhere, axis=-1).max() < 1.15
    moved = displacement(face, unit)
    np.testing.assert_allclose(moved[MIRROR] * [-1, 1], moved, atol=0.12)  # faces are not quite


def test_lean_strengthens_the_right_half(face):
    moved = displacement(face, 12, lean=0.3)
    assert np.linalg.norm(moved[54]) > 1.5 * np.linalg.norm(moved[48])


def test_inverse_undoes_forward(clip):
    points = grid(WIDTH, HEIGHT)[::7, ::7]
    for index in (0, 5, 11):
        there = clip.motion.forward(points, index)
        np.testing.assert_allclose(clip.motion.inverse(there, index), points, atol=1e-4)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_coarse_inverse_is_close_to_the_exact_one(face, emotion):
    clip = draw_clip(
        face, name="x", emotion=emotion, amplitude=(4, 4), frames=(9, 9), seed=(1, 2, 3)
    )
    exact = clip.motion.inverse(grid(WIDTH, HEIGHT), clip.apex)
    error = np.linalg.norm(clip.motion.inverse_map(clip.apex) - exact, axis=-1)
    assert error.max() < 0.05 and np.quantile(error, 0.999) < 0.02


def test_nothing_moves_at_the_onset(clip):
    np.testing.assert_allclose(clip.motion.inverse_map(0), grid(WIDTH, HEIGHT), atol=1e-9)


def test_time_course_rises_to_the_apex_and_falls():
    course = time_course(12, 5)
    assert course[0] == course[-1] == 0 and course.argmax() == 5 and course[5] == 1
    assert (np.diff(course[:6]) > 0).all() and (np.diff(course[5:]) < 0).all()


def test_landmarks_move_by_exactly_the_flow(known):
    for start, end in ((0, 5), (5, 11), (3, 3)):
        moved = known.motion.flow(known.landmarks[start].astype(float), start, end)
        expected = known.landmarks[end] - known.landmarks[start]
        np.testing.assert_allclose(moved, expected, atol=1e-3)


def test_flow_carries_one_frame_onto_the_next(face, clip, known):
    start, end = clip.onset, clip.onset + clip.apex
    flow = known.flow(start, end)
    assert 3 < np.linalg.norm(flow, axis=-1).max() < 6
    at = (grid(WIDTH, HEIGHT) + flow).astype(np.float32)
    first, second = warped(face, clip.motion, 0), warped(face, clip.motion, clip.apex)
    carried = cv2.remap(second, at[..., 0], at[..., 1], cv2.INTER_CUBIC)
    inner = (slice(10, -10), slice(10, -10))
    before = np.abs(first - second)[inner].mean()
    assert np.abs(carried - first)[inner].mean() < 0.25 * before


def test_a_frame_is_the_warp_with_light_and_noise(face, clip):
    residual = frame(face, clip, 5) - warped(face, clip.motion, 5) * clip.light[5]
    assert abs(residual.mean()) < 0.1 and 1.5 < residual.std() < 2.1


def test_aligned_flow(known):
    same = np.array([[1.0, 0, 0], [0, 1, 0]])
    start, end = known.onset, known.onset + 5
    plain = truth.aligned_flow(known, start, end, same, same, 100)
    np.testing.assert_allclose(plain, known.flow(start, end)[:100, :100], atol=1e-9)
    half = same / 2
    halved = truth.aligned_flow(known, start, end, half, half, 100)
    np.testing.assert_allclose(halved, known.flow(start, end)[:200:2, :200:2] / 2, atol=1e-9)
    shifted = same + [[0, 0, 3], [0, 0, -2]]
    moved = truth.aligned_flow(known, start, end, same, shifted, 100)
    np.testing.assert_allclose(moved, plain + [3, -2], atol=1e-9)
