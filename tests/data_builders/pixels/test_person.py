import itertools

import numpy as np
import pytest

from data_builders.pixels import person

SHAPE = (200, 400)


def face(x: float, side: float = 60, y: float = 100) -> np.ndarray:
    """Landmarks [68, 2] in a box of that side around (x, y)."""
    grid = np.stack([np.arange(68) % 8 / 7, np.arange(68) // 8 / 8], axis=1) - 0.5
    return (grid * side + (x, y)).astype(np.float32)


def places(chosen: person.Person) -> list[float | None]:
    return [
        None if one is None else round(float(one[:, 0].mean() / 10)) for one in chosen.landmarks
    ]


def choose(*frames: list[np.ndarray]) -> person.Person:
    return person.choose(frames, SHAPE)


def test_of_two_the_one_who_is_larger_over_the_clip_is_followed_in_every_frame():
    """Frame by frame the other one would be taken twice."""
    sizes = [(60, 50), (50, 60), (60, 50), (60, 50), (50, 62)]
    frames = [[face(100, a), face(300, b)] for a, b in sizes]
    for turned in itertools.product((1, -1), repeat=len(frames)):
        chosen = choose(*(one[::way] for one, way in zip(frames, turned, strict=True)))
        assert places(chosen) == [10] * 5
        assert (chosen.several, chosen.leaps) == (5, 0)


def test_where_the_person_is_not_found_nobody_else_is_taken():
    chosen = choose([face(100), face(300, 40)], [face(300, 40)], [face(100), face(300, 40)])
    assert places(chosen) == [10, None, 10]
    assert chosen.several == 3


def test_a_head_that_moves_is_one_person():
    chosen = choose(*([face(100 + 15 * k)] for k in range(10)))
    assert None not in places(chosen) and (chosen.several, chosen.leaps) == (0, 0)


def test_a_face_that_leaps_for_good_is_kept_and_counted():
    chosen = choose([face(100)], [face(101)], [face(300)], [face(302)], [])
    assert places(chosen) == [10, 10, 30, 30, None]
    assert chosen.leaps == 1 and chosen.several == 0


@pytest.mark.parametrize("side", [20, 60])
def test_a_pattern_taken_for_a_face_in_one_frame_is_nobody(side):
    chosen = choose([face(100)], [face(350, side)], [face(100)])
    assert places(chosen) == [10, None, 10]
    assert (chosen.several, chosen.leaps) == (1, 0)


def test_a_face_found_twice_is_one_face():
    chosen = choose([face(100), face(105, 66)], [face(100)])
    assert None not in places(chosen) and chosen.several == 0


@pytest.mark.parametrize("frames", [[], [[]], [[], []]])
def test_no_face_at_all(frames):
    chosen = person.choose(frames, SHAPE)
    assert chosen.landmarks == [None] * len(frames) and (chosen.several, chosen.leaps) == (0, 0)


def test_the_overlap_of_boxes():
    assert person.overlap(face(100), face(100)) == pytest.approx(1)
    assert person.overlap(face(100), face(130)) == pytest.approx(1 / 3)
    assert person.overlap(face(100), face(161)) == 0
    point = np.zeros((68, 2), np.float32)
    assert person.overlap(point, point) == 0


def test_places_that_are_forgotten_make_new_tracks_of_the_same_person():
    frames = [[face(100)], [face(101)], [], [], [], [face(102)], [face(103)]]
    for forget in (None, 10, 2):
        assert places(person.choose(frames, SHAPE, forget=forget)) == places(choose(*frames))
    assert [len(person._tracks(frames, forget)) for forget in (None, 4, 3)] == [1, 1, 2]
