"""The stream: the same for the same number, exact flow and landmarks, labels, disjoint people."""

import collections
import dataclasses
import pickle

import cv2
import numpy as np
import pytest

from data_builders.casme2.views import FIVE, THREE
from data_builders.synthetic.endless import Endless, Variety, expression
from mol_jax.errors import UserError

# As plain as it gets: nothing but the muscles moves, and the camera is perfect.
PLAIN = Variety.even(0)
SMALL = {"frames": 2, "size": 72}


def stream(**options):
    return Endless(**({"seed": 0, "identities": 6, "clips": 2} | SMALL | options))


def test_an_example_is_the_same_whenever_and_wherever_it_is_drawn():
    first, again = stream(), pickle.loads(pickle.dumps(stream(identities=9)))
    before = [first[index] for index in (3, 0)]
    for index, one in zip((3, 0), before, strict=True):
        for field in dataclasses.fields(one):
            np.testing.assert_array_equal(
                getattr(one, field.name), getattr(again[index], field.name)
            )
    other = stream(seed=1)[3]
    assert np.abs(other.frames.astype(int) - before[0].frames).mean() > 5


@pytest.mark.parametrize(("frames", "size"), [(2, 72), (4, 108)])
def test_shapes_and_types_are_those_of_a_record(frames, size):
    one = stream(frames=frames, size=size)[1]
    assert one.frames.shape == (frames, size, size) and one.frames.dtype == np.uint8
    assert one.flow.shape == (frames - 1, size, size, 2) and one.flow.dtype == np.float16
    assert one.landmarks.shape == (frames, 68, 2) and one.landmarks.dtype == np.float32
    assert one.aus.shape == (12,) and 0 <= one.label < 3
    anchors = one.landmarks[:, [36, 45, 30, 48, 54]]
    assert (anchors > 0).all() and (anchors < size - 1).all()


def soft(frame):
    """A frame without its finest detail, which no interpolation carries."""
    return cv2.GaussianBlur(frame.astype(np.float32), (0, 0), 1)


def test_flow_carries_each_frame_onto_the_next():
    variety = dataclasses.replace(PLAIN, pose=1, rest=1, drift=1, lean=1, units=1)
    before, after = [], []
    x, y = np.meshgrid(np.arange(144), np.arange(144))
    for one in (stream(frames=3, size=144, variety=variety)[index] for index in range(6)):
        for k in range(2):
            at = (np.stack([x, y], -1) + one.flow[k]).astype(np.float32)
            first, second = soft(one.frames[k]), soft(one.frames[k + 1])
            back = cv2.remap(second, at[..., 0], at[..., 1], cv2.INTER_CUBIC)
            before.append(np.abs(second - first)[4:-4, 4:-4])
            after.append(np.abs(back - first)[4:-4, 4:-4])
    assert np.mean(before) > 1 and np.mean(after) < 0.25 * np.mean(before)
    assert np.quantile(after, 0.99) < 0.25 * np.quantile(before, 0.99)


def test_landmarks_move_by_exactly_the_flow():
    variety = dataclasses.replace(Variety(), glasses=0, hair=0, occlusion=0)
    moved = 0.0
    for one in (stream(size=144, variety=variety)[index] for index in range(4)):
        points = one.landmarks[0, 17:]  # the jaw's lie on the edge of what moves
        flow = one.flow[0].astype(np.float32)
        x, y = points[None, :, 0], points[None, :, 1]
        at = np.stack([cv2.remap(flow[..., c], x, y, cv2.INTER_CUBIC)[0] for c in (0, 1)], -1)
        step = one.landmarks[1, 17:] - points
        np.testing.assert_allclose(at, step, atol=0.03)
        moved = max(moved, np.abs(step).max())
    assert moved > 0.5


@pytest.mark.parametrize("classes", [THREE, FIVE])
def test_labels_are_balanced_and_agree_with_the_units(classes):
    rng = np.random.default_rng(0)
    drawn = [expression.draw_shown(rng, classes, 0.5) for _ in range(600)]
    for shown in drawn:
        assert expression.class_of(shown.strengths, classes) == classes[shown.label]
        assert 0 < max(shown.strengths.values()) <= expression.HIGH
    counts = collections.Counter(shown.label for shown in drawn)
    assert min(counts.values()) > 0.7 * 600 / len(classes) and len(counts) == len(classes)
    assert len({tuple(shown.strengths) for shown in drawn}) > 60


@pytest.mark.parametrize(
    ("units", "three", "five"),
    [
        ({12: 1}, "positive", "happiness"),
        ({1: 1, 2: 1}, "surprise", "surprise"),
        ({4: 1, 9: 1}, "negative", "disgust"),
        ({1: 1, 15: 1}, "negative", "others"),
        ({4: 1}, "negative", "others"),
        ({6: 1, 12: 1, 17: 0.4}, "positive", "happiness"),
        ({12: 1, 17: 0.9}, None, "others"),
    ],
)
def test_the_class_of_units(units, three, five):
    assert expression.class_of(units, THREE) == three
    assert expression.class_of(units, FIVE) == five


def test_units_move_where_the_vector_says_so():
    for one in (stream(variety=PLAIN, size=144)[index] for index in range(6)):
        peak = one.aus.max()
        assert peak > 0 and one.aus.astype(bool).sum() <= 4
        most = np.linalg.norm(one.flow.astype(np.float32), axis=-1).max()
        assert 0.6 * peak < most < 2.2 * peak


def test_validation_people_are_other_people():
    train, held = stream(), stream(first=6)
    assert {train.person(i) for i in range(len(train))} == set(range(6))
    assert {held.person(i) for i in range(len(held))} == set(range(6, 12))
    whole = stream(identities=12)
    np.testing.assert_array_equal(whole[13].frames, held[1].frames)
    assert held[1].person == 6


@pytest.mark.parametrize("method", ["tvl1", "dis"])
def test_flow_can_be_found_instead(method):
    exact, found = stream(size=72)[0], stream(size=72, flow=method)[0]
    np.testing.assert_array_equal(exact.frames, found.frames)
    assert found.flow.shape == exact.flow.shape and np.abs(found.flow - exact.flow).max() > 0.05


BAD = {
    "identities": (0, "identities is 0; it must be from 1"),
    "clips": (1.5, "clips is 1.5; it must be a whole number"),
    "frames": (1, "frames is 1; it must be from 2"),
    "size": (10, "size is 10; it must be from 36"),
    "seed": (-1, "seed is -1"),
    "first": (True, "first is True; it must be a whole"),
    "flow": ("raft", "flow is 'raft'; choose one of exact, tvl1, dis"),
    "landmarks": ("none", "landmarks is 'none'; choose one of exact, dlib"),
    "classes": (("a",), "classes is"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_one_sentence(name):
    value, words = BAD[name]
    with pytest.raises(UserError) as refusal:
        stream(**{name: value})
    assert words in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_strength_out_of_range_and_a_number_beyond_the_end():
    with pytest.raises(UserError, match=r"variety pose is 3; it must be from 0 to 2"):
        Variety(pose=3)
    with pytest.raises(IndexError):
        stream()[12]
    assert stream().person(-1) == 5
