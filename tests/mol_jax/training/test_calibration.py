"""The fastest group is taken, the search ends early, and idle slots are paid for."""

import jax
import numpy as np
import pytest

from mol_jax.training import calibration, timing
from mol_jax.training.calibration import Choice, Timing, candidates, choose
from tests.mol_jax import tiny

FULL = jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: out of memory")


@pytest.mark.parametrize(
    ("replicas", "devices", "groups"),
    [
        (1, 1, [1]),
        (26, 1, [1, 2, 4, 7, 13, 26]),
        (26, 8, [1, 2, 4]),
        (340, 1, [1, 2, 4, 8, 16, 31, 57, 114, 170, 340]),
        (10**6, 1, [2**k for k in range(10)]),
    ],
)
def test_groups_double_and_no_wave_has_slots_for_nothing(replicas, devices, groups):
    found = candidates(replicas, devices)
    assert found == groups and len(found) <= calibration.MOST
    each = -(-replicas // devices)
    for group in found:
        waves = -(-each // group)
        assert group == 1 or -(-each // (group - 1)) > waves  # one less would take another wave


def chosen(waves, *, replicas=8, devices=1):
    """Returns what is chosen, and the groups that were timed; waves: {group: seconds}."""
    asked = []

    def seconds(group):
        asked.append(group)
        if isinstance(waves[group], Exception):
            raise waves[group]
        return waves[group]

    return choose(waves, seconds, replicas=replicas, devices=devices), asked


@pytest.mark.parametrize(
    ("waves", "group", "asked"),
    [
        ({1: 1.0, 2: 1.1, 4: 1.2, 8: 1.3}, 8, [1, 2, 4, 8]),
        ({1: 1.0, 2: 2.5, 4: 0.1, 8: 0.1}, 1, [1, 2]),  # much slower: no more is compiled
        ({1: 1.0, 2: 2.1, 4: 4.2, 8: 0.1}, 1, [1, 2, 4]),  # two in a row gain nothing
        ({1: 1.0, 2: 2.1, 4: 2.0, 8: 4.0}, 4, [1, 2, 4, 8]),  # one may
        ({1: 1.0, 2: 1.95, 4: 3.9, 8: 7.8}, 1, [1, 2, 4]),  # 2.5 % is not worth the memory
        ({1: 1.0, 2: 1.2, 4: FULL, 8: 1.0}, 2, [1, 2, 4]),
    ],
)
def test_the_fastest_of_a_replica_is_taken_and_the_search_ends(waves, group, asked):
    choice, timed = chosen(waves)
    assert (choice.group, timed) == (group, asked)
    assert ("no memory for 4" in choice.limit) == (waves[4] is FULL)


def test_slots_that_repeat_a_replica_are_paid_for():
    choice, _ = chosen({1: 1.0, 2: 1.9}, replicas=5)  # 3 waves of 2: 5.7 s, one by one 5 s
    assert choice.timings == (Timing(1, 1.0), Timing(2, pytest.approx(1.14)))
    assert choice.group == 1 and chosen({1: 1.0, 2: 1.9}, replicas=6)[0].group == 2
    assert chosen({1: 1.0, 2: 1.0}, replicas=8, devices=4)[0].timings[1].seconds == 1 / 8


def test_what_no_smaller_group_helps_is_raised():
    with pytest.raises(jax.errors.JaxRuntimeError, match="RESOURCE_EXHAUSTED"):
        chosen({1: FULL})
    with pytest.raises(jax.errors.JaxRuntimeError, match="broken"):
        chosen({1: 1.0, 2: jax.errors.JaxRuntimeError("INTERNAL: broken")})


def test_a_choice_is_written_with_its_times():
    choice = Choice(1, (Timing(1, 0.0271), Timing(2, 0.0414)), "4 do not fit")
    assert str(choice) == "1 (an update of a replica: 1: 27 ms, 2: 41 ms; 4 do not fit)"
    assert str(Choice(3)) == "3"


class FakeEngine:
    """Counts updates; its clock stands still but for them."""

    def __init__(self, monkeypatch, *, compiles, update):
        self.clock, self.first, self.update, self.chunks = 0.0, compiles, update, []
        monkeypatch.setattr(timing.time, "perf_counter", lambda: self.clock)
        monkeypatch.setattr(timing, "chunk_metrics", lambda metrics: metrics)

    def advance(self, wave, state, steps):
        self.clock += self.first + steps * self.update
        self.first = 0.0
        self.chunks.append(steps)
        return state + steps, []


@pytest.mark.parametrize(
    ("update", "chunk", "chunks"),
    [
        (38.0, 0, [1, 1]),
        (0.05, 0, [1, 1, 5, 5, 5, 5]),
        (0.05, 50, [50, 50, 50]),
        (0.1, 50, [50, 50]),
    ],
)
def test_compiling_is_told_apart_from_a_few_updates(monkeypatch, update, chunk, chunks):
    engine = FakeEngine(monkeypatch, compiles=30.0, update=update)
    found, state = timing.time_updates(engine, None, 0, chunk=chunk)
    assert (found.compile, found.update) == pytest.approx((30.0, update))
    assert engine.chunks == chunks and state == sum(chunks)


@pytest.mark.slow
def test_random_clips_have_the_shapes_and_types_of_real_ones():
    program = tiny.program()
    made, real = timing.random_table(program, clips=12), tiny.table()
    assert jax.tree.map(np.shape, made) == jax.tree.map(np.shape, real)
    assert jax.tree.map(lambda x: x.dtype, made) == jax.tree.map(lambda x: x.dtype, real)
    assert set(made.label.tolist()) == {0, 1, 2} and len(set(made.clip_id.tolist())) == 12
    assert 18 <= made.landmarks.min() < made.landmarks.max() <= 54  # of 72 px
    sampled = timing.random_table(program, clips=4, samples=3)
    assert sampled.samples == 3 and sampled.phases.tolist() == [2] * 4
