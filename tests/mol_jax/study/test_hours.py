"""The hours of a study are those of its programs, timed on clips of its shapes."""

import dataclasses

import jax
import pytest

from mol_jax.errors import UserError
from mol_jax.settings.trials import plain
from mol_jax.study import hours, plan
from mol_jax.study.auto_group import Work
from mol_jax.training import timing
from mol_jax.training.engine import Engine
from tests.mol_jax import tiny

SIZES = {"clips": 12, "classes": 3}


@pytest.fixture
def group():
    """Two of three folds side by side, of a network that compiles in seconds."""
    config = tiny.config(**{"model.network": "ststnet", "runtime.group": 2})
    (one,) = plan.make_plan(plain(config), seeds=1, folds=3, devices=1, **SIZES).groups
    return one


@pytest.mark.slow
def test_what_is_timed_is_a_wave_as_a_study_trains_it(group, monkeypatch):
    made, predicted = [], Engine.predict

    def predict(self, wave, state, rows):
        made.append((self.group, len(wave.replicas), [len(one) for one in rows]))
        return predicted(self, wave, state, rows)

    monkeypatch.setattr(Engine, "predict", predict)
    found = hours.measure(group, folds=3, **SIZES)
    assert made == [(2, 2, [4, 4])] * 2  # a third of the clips is held out
    assert min(found.start, found.update, found.predict) > 0
    assert found.compile >= 0  # nothing where the test before has compiled it
    assert found.training == 40 * found.update  # two waves of 20
    parts = found.compile + found.training + 2 * (found.start + found.predict)
    assert found.whole == pytest.approx(parts)


def test_a_device_without_memory_is_one_sentence(group, monkeypatch):
    def full(*_):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: 9 GiB")

    monkeypatch.setattr(Engine, "init", full)
    with pytest.raises(UserError, match="no memory to time 2 replicas side by side; give a small"):
        hours.measure(group, folds=3, **SIZES)


def test_nor_is_a_traceback_what_comes_of_choosing_a_group_where_not_one_replica_fits(
    group, monkeypatch
):
    def full(*_, **__):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: 9 GiB")

    monkeypatch.setattr(timing, "time_updates", full)
    work = Work(group.trials[0].config, replicas=3, devices=1, **SIZES)
    with pytest.raises(UserError, match="to time 1 replica; give a smaller --config"):
        hours.choose(work, say=print)


def test_a_fold_that_tests_everything_is_timed_with_half():
    (one,) = timing.random_replicas(1, clips=11, folds=1)
    assert (len(one.fold.train), len(one.fold.test)) == (6, 5)


def test_waves_that_are_not_full_make_no_more_updates_of_a_replica(group):
    found = hours.Hours(dataclasses.replace(group, group=8), 1.0, 1.0, update=0.5, predict=1.0)
    assert "(6 updates of a replica a second)" in hours.render([found], device="cpu: none")
