"""Long recordings are spotted in pieces, and nothing is lost or cut where these meet."""

import numpy as np
import pytest

from data_builders.pixels import alignment
from mol_jax.predicting import watch
from mol_jax.predicting.reading.following import Followed
from mol_jax.spotting.interval import Interval
from mol_jax.spotting.spotters import Spotted
from tests.mol_jax.predicting.filmed import SHAPE

RATE = 30


def followed(count, *stretches):
    points = np.tile((SHAPE + 20).astype(np.float32), (count, 1, 1))
    return Followed(np.arange(count), points, np.ones(count, bool), stretches, 0)


@pytest.fixture
def events(monkeypatch):
    """Something every 37 frames; the spotter sees what is wholly before it, with half a second."""
    every = [Interval(k, k + 5, k + 10, 1.0 + k) for k in range(20, 680, 37)]
    sizes = []

    def spot(method, frames, landmarks, times):
        start = round(float(times[0]) * RATE)
        sizes.append(len(frames))
        inside = [
            Interval(e.onset - start, e.apex - start, e.offset - start, e.score)
            for e in every
            if start + 15 <= e.onset and e.offset < start + len(frames) - 15
        ]
        return Spotted(tuple(inside), np.arange(start, start + len(frames), dtype=np.float32))

    monkeypatch.setattr(watch, "spot", spot)
    return every, sizes


def looked_at(faces, count):
    found = watch.Watch(faces, np.arange(count) / RATE, "flow", 8)
    images = [np.zeros((40, 40), np.uint8)] * count
    assert sum(1 for _ in found.through(images)) == count
    return found


def test_what_lies_where_two_pieces_meet_is_spotted_whole_and_once(events, monkeypatch):
    every, sizes = events
    monkeypatch.setattr(watch, "MOST", 200)
    monkeypatch.setattr(watch, "FEWEST", 100)
    monkeypatch.setattr(watch, "OVERLAP", 2.0)
    found = looked_at([followed(701, (0, 700))], 701)
    assert found.intervals == [every]
    np.testing.assert_array_equal(found.signals[0], np.arange(701))
    assert len(sizes) == 5 and max(sizes) <= 200 and max(sizes) - min(sizes) <= 1
    sizes.clear()
    looked_at([followed(701, (0, 700))] * 2, 701)
    assert max(sizes) <= 100, "two faces have half each"


def test_what_lies_beside_a_cut_is_not_made_one(events):
    found = looked_at([followed(701, (0, 350), (351, 700))], 701)
    assert len(found.intervals[0]) == len(events[0]) - 1, "but for that at the cut"


@pytest.mark.parametrize(("count", "most"), [(1, 10), (10, 10), (11, 10), (95, 10), (1000, 33)])
def test_pieces_cover_all_and_count_once(count, most):
    made = watch.parts(5, 4 + count, most, 1.5)
    counted = [k for _, _, low, high in made for k in range(low, high + 1)]
    assert counted == list(range(5, 5 + count))
    assert all(first <= low and high <= last for first, last, low, high in made)
    assert max(last - first + 1 for first, last, _, _ in made) <= most


@pytest.mark.parametrize("count", [1, 5, 200])
def test_transforms_are_smoothed_as_the_builders_smooth_them(count):
    matrices = np.random.default_rng(0).normal(0, 50, (count, 2, 3))
    np.testing.assert_allclose(watch.smoothed(matrices), alignment.smooth(matrices), atol=1e-9)
