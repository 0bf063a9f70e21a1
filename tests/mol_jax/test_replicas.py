"""Training, replica by replica: sealed, repeatable, compiled once, and NaN stays where it is."""

import chex
import jax
import numpy as np
import pytest

from mol_jax.replicas import Engine, Replica
from tests.mol_jax import tiny


def trained(engine: Engine, replica: Replica, steps: int = 6):
    rows = engine.fold_table(replica)
    state, metrics = engine.advance(rows, engine.init(rows), steps)
    return jax.device_get(state), metrics


def test_corrupting_held_out_clips_changes_no_bit_of_the_fold(make_engine, replicas):
    table, spoilt = tiny.table(), tiny.table()
    held_out = replicas[1].fold.test
    rng = np.random.default_rng(9)
    spoilt.frames[held_out] = rng.integers(0, 256, spoilt.frames[held_out].shape, dtype=np.uint8)
    spoilt.flow[held_out] = np.nan
    spoilt.landmarks[held_out] = np.nan
    spoilt.label[held_out] = 2
    sealed, open_to_all = make_engine(table), make_engine(spoilt)
    chex.assert_trees_all_equal(
        trained(sealed, replicas[1])[0], trained(open_to_all, replicas[1])[0]
    )
    # The same corruption does reach a fold that trains on these clips.
    assert not trained(open_to_all, replicas[0])[0].finite


def test_a_fold_fed_nan_is_reported_and_leaves_the_others_untouched(make_engine, replicas):
    spoilt = tiny.table()
    spoilt.landmarks[replicas[2].fold.test] = np.nan  # only fold 2 does not train on these
    engine = make_engine(spoilt)
    states = [trained(engine, replica)[0] for replica in replicas]
    assert [bool(state.finite) for state in states] == [False, False, True]
    chex.assert_trees_all_equal(states[2], trained(make_engine(tiny.table()), replicas[2])[0])


def test_chunks_of_any_length_give_the_same_bits(make_engine, replicas):
    engine = make_engine(tiny.table())
    rows = engine.fold_table(replicas[0])
    straight, _ = engine.advance(rows, engine.init(rows), 6)
    state = engine.init(rows)
    for length in (1, 3, 2):
        state, _ = engine.advance(rows, state, length)
    chex.assert_trees_all_equal(jax.device_get(state), jax.device_get(straight))


def test_one_compile_for_all_folds_and_chunks(make_engine, replicas):
    jax.clear_caches()  # the counts are of the functions, which other tests compile too
    engine = make_engine(tiny.table())
    for replica, steps in zip(replicas, (2, 3, 1), strict=True):
        rows = engine.fold_table(replica)
        state, _ = engine.advance(rows, engine.init(rows), steps)
        engine.predict(replica, rows, state)
    # Private to jax, and the one thing that tells.
    counts = {name: getattr(engine, name)._cache_size() for name in ("_init", "_step", "_predict")}
    assert counts == {"_init": 1, "_step": 1, "_predict": 1}
    assert engine._chunk._cache_size() == 0


def test_prediction_does_not_depend_on_the_batch(make_engine, replicas):
    engine = make_engine(tiny.table())
    replica = replicas[0]
    rows = engine.fold_table(replica)
    state = engine.init(rows)
    every = engine.predict(replica, rows, state)
    assert len(every.nme) == len(replica.fold.test)
    for index, row in enumerate(replica.fold.test):
        one = Replica(
            0, 0, type(replica.fold)(replica.fold.name, replica.fold.train, np.array([row]))
        )
        alone = engine.predict(one, rows, state)
        chex.assert_trees_all_close(
            jax.tree.map(lambda leaf: leaf[0], alone),
            jax.tree.map(lambda leaf, i=index: leaf[i], every),
            rtol=1e-5,
        )


@pytest.mark.slow
def test_a_device_loop_trains_like_the_host_loop(make_engine, replicas):
    host, _ = trained(make_engine(tiny.table()), replicas[0], 3)
    scan, _ = trained(make_engine(tiny.table(), loop="scan"), replicas[0], 3)
    chex.assert_trees_all_close(host.params, scan.params, rtol=1e-3, atol=1e-4)
