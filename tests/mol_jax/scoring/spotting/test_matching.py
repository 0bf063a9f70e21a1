"""Which spotted interval is which true one."""

import itertools

import numpy as np
import pytest

from mol_jax.scoring.spotting.matching import match, overlap
from mol_jax.scoring.spotting.table import Stretch


def stretch(onset, offset, kind=""):
    return Stretch("v", onset, offset, kind=kind)


@pytest.mark.parametrize(
    ("other", "frames", "seconds"),
    [
        ((10, 19), 1.0, 1.0),
        ((15, 24), 5 / 15, 4 / 14),
        ((10, 14), 5 / 10, 4 / 9),
        ((19, 30), 1 / 21, 0.0),
        ((20, 30), 0.0, 0.0),
    ],
)
def test_frames_count_both_ends_and_seconds_do_not(other, frames, seconds):
    one = stretch(10, 19)
    assert overlap(one, stretch(*other), "frames") == pytest.approx(frames)
    assert overlap(one, stretch(*other), "seconds") == pytest.approx(seconds)
    assert overlap(stretch(*other), one, "frames") == pytest.approx(frames)


def test_half_an_overlap_hits_in_seconds_too():
    """Tenths of a second are no binary numbers: some overlaps of a half come out below it."""
    for tenth in range(100):
        true = [stretch(tenth / 10, (tenth + 10) / 10)]
        spotted = [stretch(tenth / 10, (tenth + 5) / 10)]
        assert match(true, spotted, unit="seconds").hits, tenth


def test_each_interval_hits_once_and_the_best_pair_goes_first():
    true = [stretch(0, 9), stretch(20, 29)]
    found = match(true, [stretch(0, 12), stretch(1, 9), stretch(22, 40)], unit="frames")
    assert [(one.onset, other.onset) for one, other, _ in found.hits] == [(0, 1)]
    assert [one.onset for one in found.missed] == [20]
    assert [one.onset for one in found.false] == [0, 22]


def test_half_is_enough_and_less_is_not():
    assert match([stretch(0, 9)], [stretch(0, 4)], unit="frames").hits
    assert not match([stretch(0, 9)], [stretch(0, 3)], unit="frames").hits


def test_an_interval_matches_none_of_another_kind_where_both_say_theirs():
    for kind, hits in (("micro", 1), ("macro", 0), ("", 1)):
        found = match([stretch(0, 9, "micro")], [stretch(0, 9, kind)], unit="frames")
        assert len(found.hits) == hits


def brute_force(true, spotted):
    """Returns the most pairs of IoU 0.5 that a one-to-one matching has, of every one there is."""

    def share(one, other):
        a, b = (set(range(int(each.onset), int(each.offset) + 1)) for each in (one, other))
        return len(a & b) / len(a | b)

    padded = [*spotted, *[None] * len(true)]
    return max(
        sum(
            other is not None and share(one, other) >= 0.5
            for one, other in zip(true, order, strict=True)
        )
        for order in itertools.permutations(padded, len(true))
    )


def test_it_hits_as_often_as_the_best_of_all_matchings():
    rng = np.random.default_rng(0)
    hit = 0
    for _ in range(60):
        sides = []
        for count in rng.integers(1, 4, 2):
            at = np.sort(rng.choice(40, 2 * count, replace=False)).reshape(-1, 2)  # apart
            sides.append([stretch(int(a), int(b)) for a, b in at])
        found = match(*sides, unit="frames")
        assert len(found.hits) == brute_force(*sides)
        assert len(found.hits) + len(found.missed) == len(sides[0])
        assert len(found.hits) + len(found.false) == len(sides[1])
        hit += len(found.hits)
    assert hit > 20
