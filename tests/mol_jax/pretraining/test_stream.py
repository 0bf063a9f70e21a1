"""The order of a stream: seeded, another in each epoch, and the same however it was reached."""

import itertools

import chex
import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.pretraining.source import stacked
from mol_jax.pretraining.stream import STATE, Kept, stream
from tests.mol_jax.pretraining.noise import Noise

SOURCE = Noise(0, 12)
IDS = {int(SOURCE[i]["clip_id"]): i for i in range(12)}


def numbers(count, *, seed=3, after=None, source=SOURCE, **how):
    """Returns the numbers of the clips of some batches, and the state after the last."""
    how = {"batch_size": 4, "workers": 0, "ahead": 2} | how
    with stream(source, seed=seed, **how) as batches:
        if after is not None:
            batches.go_on(after)
        taken = [[IDS[int(one)] for one in batches.take().clip_id] for _ in range(count)]
        return taken, batches.state


def test_an_epoch_has_every_clip_once_and_the_next_another_order():
    batches, _ = numbers(6)
    first, second = (list(itertools.chain(*batches[i : i + 3])) for i in (0, 3))
    assert sorted(first) == sorted(second) == list(range(12))
    assert first != second and first != list(range(12))
    assert numbers(3, seed=4)[0] != batches[:3] == numbers(3)[0]


def test_it_goes_on_where_it_was_stopped_whatever_draws_and_how_far_ahead():
    whole, last = numbers(7)
    begun, state = numbers(3, ahead=5)
    rest, end = numbers(4, after=state, ahead=1, keep=1.0)
    assert begun + rest == whole
    np.testing.assert_array_equal(end, last)
    assert state.shape == (STATE,) and state.dtype == np.uint8 and (state != last).any()


@pytest.mark.slow
def test_other_processes_draw_the_same_clips_in_the_same_order():
    alone, _ = numbers(4)
    with stream(SOURCE, seed=3, batch_size=4, workers=2, ahead=2) as batches:
        for expected in alone:
            chex.assert_trees_all_equal(batches.take(), stacked([SOURCE[i] for i in expected]))


def test_a_state_that_is_none_is_refused():
    with (
        stream(SOURCE, seed=3, batch_size=4, workers=0, ahead=1) as batches,
        pytest.raises(UserError, match=r"place in the stream .* cannot be read"),
    ):
        batches.go_on(np.zeros(STATE, np.uint8))


def test_clips_stay_in_memory_as_far_as_there_is_room():
    drawn = []

    class Counted(Noise):
        def __getitem__(self, index):
            drawn.append(index)
            return super().__getitem__(index)

    size = sum(np.asarray(leaf).nbytes for leaf in SOURCE[0].values() if not isinstance(leaf, dict))
    kept = Kept(Counted(0, 12), 2.5 * size / 1e9)
    seen = [kept[i] for i in (0, 1, 2, 0, 1, 2)]
    assert drawn == [0, 1, 2, 2], "two have room"
    chex.assert_trees_all_equal(seen[:3], seen[3:])
