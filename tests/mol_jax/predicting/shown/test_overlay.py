"""The annotated video, with the drawn recording's truth: marks, flow, the strip, odd recordings."""

import dataclasses

import av
import cv2
import numpy as np
import pytest

from mol_jax.predicting.shown import flow_layer, landmark_marks, overlay
from mol_jax.predicting.shown.colours import DETECTED, PREDICTED, rgb
from mol_jax.predicting.shown.shown_now import Points
from tests.mol_jax.predicting import results

APART = 9  # px: nearer marks run into each other


@pytest.fixture(scope="module")
def drawn():
    return results.made()


def spots(picture, colour, near):
    """Returns the middle of every spot of a colour, [k, 2] px, to a part of a pixel."""
    far = np.abs(picture.astype(int) - rgb(colour)).max(-1)
    _, _, _, middles = cv2.connectedComponentsWithStats((far < near).astype(np.uint8))
    return middles[1:]


def furthest(points, middles, apart=APART):
    """Returns how far the marks of points that stand alone are from them, px, and how many do."""
    between = np.linalg.norm(points[:, None] - points, axis=-1) + 1e6 * np.eye(len(points))
    alone = points[between.min(1) > apart]
    return np.linalg.norm(alone[:, None] - middles, axis=-1).min(1).max(), len(alone)


def without_windows(result):
    faces = tuple(dataclasses.replace(face, windows=(), of_intervals=()) for face in result.faces)
    return dataclasses.replace(result, faces=faces)


@pytest.mark.parametrize("index", [6, 12])
def test_detected_landmarks_are_where_the_drawn_face_has_them(drawn, index):
    result, frames = drawn
    annotated = overlay.Annotated(without_windows(result))
    picture = annotated.face_part(frames.picture(index), index)
    assert annotated.scale == 2
    true = landmark_marks.enlarged(result.faces[0].landmarks[index], 2)
    away, alone = furthest(true, spots(picture, DETECTED, near=60))
    assert away / annotated.scale < 0.25 and alone > 40
    away, _ = furthest(true + 4.0, spots(picture, DETECTED, near=60))
    assert away / annotated.scale > 1, "the measure can fail"


def test_marks_in_the_written_video_are_within_a_pixel_of_the_truth_and_on_time(drawn, tmp_path):
    result, frames = drawn
    result = without_windows(result)
    overlay.write_video(result, frames, tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        shown = list(container.decode(video=0))
    np.testing.assert_allclose([one.time for one in shown], result.recording.times, atol=1e-4)
    for index in (7, 12):
        picture = shown[index].to_ndarray(format="rgb24")
        true = landmark_marks.enlarged(result.faces[0].landmarks[index], 2)
        away, alone = furthest(true, spots(picture, DETECTED, near=60))
        assert away / 2 < 1 and alone > 40


def test_crosses_are_where_the_network_predicts(drawn):
    points = drawn[0].faces[0].landmarks[0] * 3
    picture = np.zeros((1020, 840, 3), np.uint8)
    landmark_marks.draw(picture, Points(points + 2000, True, points))
    assert furthest(points, spots(picture, PREDICTED, near=90), apart=25)[0] < 0.5
    assert not len(spots(picture, DETECTED, near=60)), "they are outside of the picture"


def test_flow_lies_on_the_skin_that_moves(drawn):
    result, _ = drawn
    window = result.faces[0].of_intervals[0]
    most = 1000.0
    layer = flow_layer.layer(window.flow[0], window.to_crop[0], result.recording.size, most)
    height, width = layer.share.shape
    found = layer.share * most / flow_layer.STRONGEST
    clip = results._film()[0]
    shown = window.sampled - results.BEFORE
    true = np.linalg.norm(
        clip.motion.flow(results.grid(*result.recording.size), shown[0], shown[1]), axis=-1
    )
    here = true[layer.top : layer.top + height, layer.left : layer.left + width]
    inside = (slice(8, -8), slice(8, -8))
    assert np.abs(found - here)[inside].max() < 0.25 and here.max() > 2
    assert width * height > 0.3 * true.size


def test_flow_of_a_later_pair_lies_where_its_own_crop_was_cut(drawn):
    result, _ = drawn
    (face,) = result.faces
    moved = face.of_intervals[0].to_crop.copy()
    moved[1, :, 2] -= 10 * moved[1, 0, 0]  # the crop of the second frame begins 10 px further on
    window = dataclasses.replace(face.of_intervals[0], to_crop=moved)
    face = dataclasses.replace(face, of_intervals=(window,))
    annotated = overlay.Annotated(dataclasses.replace(result, faces=(face,)))
    first, second = (annotated._flow(0, int(frame)) for frame in window.sampled[:2])
    assert abs(second.left - first.left - 10) <= 1 and abs(second.top - first.top - 10) <= 1


def test_flow_is_turned_with_the_head():
    quarter = np.array([[0.0, 0.5, 0.0], [-0.5, 0.0, 40.0]])  # half as large, turned by 90°
    right = np.zeros((4, 4, 2)) + np.array([1.0, 0.0])
    turned = flow_layer.in_recording(right, quarter)
    np.testing.assert_allclose(turned, np.zeros((4, 4, 2)) + [0, 2], atol=1e-6)
    both = flow_layer.in_recording(np.stack([right, right]), np.stack([quarter, np.eye(2, 3)]))
    np.testing.assert_allclose(both, [turned, right], atol=1e-6)


@pytest.mark.parametrize(
    ("size", "scale"), [((280, 340), 2), ((61, 75), 8), ((640, 480), 1), ((2160, 3840), 0.5)]
)
def test_small_recordings_are_enlarged_and_huge_ones_made_smaller(size, scale):
    assert overlay._scale(*size) == scale


def test_the_foot_says_what_is_spotted_and_marks_the_time(drawn):
    result, frames = drawn
    annotated = overlay.Annotated(result)
    before, after = (annotated._foot.at(frame) for frame in (0, 10))
    assert before.shape == (annotated._foot.height, 560, 3)
    x = [annotated._foot.middle(frame) for frame in (0, 10, 19)]
    assert 40 < x[0] < x[1] < x[2] <= 560
    assert (after[annotated._foot._rows, round(x[1])] > 200).all()
    assert not (before[annotated._foot._rows, round(x[1])] > 200).all()
    picture = annotated.picture(frames.picture(10), 10)
    assert picture.shape == (680 + annotated._foot.height, 560, 3)


def bare(result, **face):
    """Returns a result whose network has no flow, landmarks or classes, and other faces."""
    windows = tuple(
        dataclasses.replace(one, probabilities=None, spread=None, landmarks=None, flow=None)
        for one in result.faces[0].windows
    )
    changed = {"windows": windows, "of_intervals": (), **face}
    return dataclasses.replace(result, faces=(dataclasses.replace(result.faces[0], **changed),))


def test_recordings_of_which_less_is_known_are_drawn_too(drawn):
    result, frames = drawn
    picture = frames.picture(4)
    unspotted = bare(result, intervals=(), signal=None)
    several = dataclasses.replace(
        result, faces=tuple(dataclasses.replace(result.faces[0], number=k) for k in range(4))
    )
    about = dataclasses.replace(result.about, generated=False)
    heights = [
        overlay.Annotated(one).picture(picture, 4).shape[0]
        for one in (
            dataclasses.replace(result, faces=()),
            unspotted,
            dataclasses.replace(result, about=about),
            several,
        )
    ]
    assert heights == sorted(heights) and len(set(heights)) == 4, heights
