"""Saves are due by steps and by the clock; what is fetched stays what it was."""

import time
from types import SimpleNamespace

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from mol_jax.networks.network import Facts
from mol_jax.study.saving import Saving, fetch
from mol_jax.study.writer import Writer
from mol_jax.training.step import FoldState
from tests.mol_jax import tiny

NAMES = ("trial0/seed0/a", "trial0/seed0/b", "trial0/seed0/c")


class Log(list):
    """Stands for whatever a save writes to, and notes in which order."""

    def noting(self, what):
        return SimpleNamespace(save=lambda *names: self.append((what, *names[:1])))


def saving(writer=None, log=None, **fields):
    log = Log() if log is None else log
    study = SimpleNamespace(
        trials=[SimpleNamespace(config=tiny.config(**fields))],
        history=log.noting("history"),
        checkpoints=log.noting("state"),
    )
    replicas = [SimpleNamespace(trial=0, name=name) for name in NAMES]
    wave = SimpleNamespace(replicas=replicas)
    return Saving(study, wave, log.noting("points"), writer or Writer())


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({"train.save_every": 10}, [10]),
        ({"train.save_every": 5}, [5, 10, 15]),
        ({"train.save_every": 0}, []),
        ({"train.save_every": 0, "train.save_minutes": 5.0}, [15]),  # 2 minutes a chunk
        ({"train.save_every": 0, "train.save_minutes": 2.0}, [5, 10, 15]),
        ({"train.save_every": 10, "train.save_minutes": 2.5}, [10]),  # each save is one for both
        ({"train.save_every": 5, "train.save_minutes": 0.1}, [5, 10, 15]),
    ],
)
def test_a_save_is_due_by_the_clock_or_by_the_steps(monkeypatch, fields, due):
    """And never at the last of 20 steps, whose weights are kept anyhow."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    of_wave, made = saving(**fields), []
    for step in (5, 10, 15, 20):
        now[0] += 120
        if of_wave.due(step):
            made.append(step)
            of_wave.save(states())
    assert made == due


def states():
    """The states of four slots on two devices, two on each."""
    mesh = Mesh(np.array(jax.devices()[:2]), ("replica",))
    weights = jnp.arange(4_000.0).reshape(4, 1000)
    held = FoldState(
        step=jnp.arange(4, dtype=jnp.int32),
        params={"kernel": weights},
        collections={},
        opt_state={"m": -weights},
        facts=Facts(weights[:, :3]),
        finite=jnp.ones(4, bool),
    )
    return jax.jit(lambda tree: tree, out_shardings=NamedSharding(mesh, P("replica")))(held)


def test_what_was_fetched_outlives_the_update_that_the_states_are_given_to():
    update = jax.jit(lambda tree: jax.tree.map(jnp.zeros_like, tree), donate_argnums=0)
    state = states()
    expected = jax.tree.map(lambda leaf: np.array(leaf)[:3], state)
    leaves = jax.tree.leaves(state)
    device = [shard.data.unsafe_buffer_pointer() for x in leaves for shard in x.addressable_shards]
    held = fetch(state, 3)
    addresses = [leaf.ctypes.data for one in held for leaf in jax.tree.leaves(one)]
    assert not {*device} & {*addresses}
    after = jax.block_until_ready(update(state))
    assert not after.params["kernel"].any(), "else the test says nothing"
    chex.assert_trees_all_equal(jax.tree.map(lambda *of: np.stack(of), *held), expected)


def test_history_and_points_are_on_disk_before_the_states_that_need_them():
    log = Log()
    with Writer() as writer:
        saving(writer, log).save(states())
    assert log == [("history",), ("points",), *(("state", name) for name in NAMES)]


def test_a_save_waits_for_the_one_before_and_raises_what_it_raised():
    log = Log()

    def full():
        raise OSError("full")

    with Writer() as writer:
        of_wave = saving(writer, log)
        writer.hand(full)
        with pytest.raises(OSError, match="full"):
            of_wave.save(states())
    assert log == []
