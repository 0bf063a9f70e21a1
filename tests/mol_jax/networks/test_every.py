"""What must hold of every network: sealed folds, facts, resuming, replicas side by side, fields."""

import dataclasses
import functools

import chex
import jax
import numpy as np
import pytest

from mol_jax.protocol.folds import Fold
from mol_jax.settings.find import find
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.training import batches
from mol_jax.training.engine import Engine
from mol_jax.training.facts import fold_facts
from mol_jax.training.fetching import chunk_metrics, take_replica, take_replicas
from mol_jax.training.replicas import Replica
from tests.mol_jax.networks.every import NETWORKS, spoilt
from tests.mol_jax.update import Update

# They take long to compile, and test_replicas.py has the like of it.
SLOW = set(NETWORKS) - {"own"}
PARAMS = [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in NETWORKS]
LAYOUTS = {"serial": {}, "sharded": {"devices": 3}, "grouped": {"group": 3}}
# What several devices do is no network's own: three show it, and the others are spared a program.
SHARDED = {"mol", "own", "ststnet"}


def layouts_of(name) -> list[str]:
    return [layout for layout in LAYOUTS if layout != "sharded" or name in SHARDED]


def in_layouts(*layouts):
    """Parametrises a test with networks, each in those of its layouts that are among `layouts`."""
    return pytest.mark.parametrize(
        ("tiny_network", "layout"),
        [
            pytest.param(name, layout, marks=[pytest.mark.slow] * (name in SLOW))
            for name in NETWORKS
            for layout in layouts_of(name)
            if layout in layouts
        ],
        indirect=["tiny_network"],
    )


@pytest.fixture(params=PARAMS)
def tiny_network(request):
    return NETWORKS[request.param]


def engine_of(network, table=None, **how) -> Engine:
    table = network.table() if table is None else table
    return Engine(network.program, table, **{"devices": 1, "batch_size": 4} | how)


def train(engine, replicas, scalars, steps=4):
    """Trains replicas in waves; returns the last state of each on the host, and its loss."""
    states, losses = [], []
    for i in range(0, len(replicas), engine.slots):
        members = replicas[i : i + engine.slots]
        wave = engine.wave(members, scalars[i : i + engine.slots])
        state, metrics = engine.advance(wave, engine.init(wave), steps)
        states += list(take_replicas(state, range(len(members))))
        losses += chunk_metrics(metrics).total[: len(members)].tolist()
    return states, losses


def moved(one, other) -> bool:
    """Tells whether two trees differ anywhere."""
    return any(
        not np.array_equal(a, b) for a, b in zip(*map(jax.tree.leaves, (one, other)), strict=True)
    )


@in_layouts("serial", "sharded", "grouped")
def test_corrupting_held_out_rows_changes_no_bit_of_the_fold(tiny_network, replicas, layout):
    how, scalars = LAYOUTS[layout], [tiny_network.scalars()] * 3
    other = spoilt(tiny_network.table(), replicas[1].fold.test)
    before, after = (
        train(engine_of(tiny_network, table, **how), replicas, scalars)[0]
        for table in (None, other)
    )
    chex.assert_trees_all_equal(after[1], before[1])
    for slot in (0, 2):  # which train on those rows
        assert moved(after[slot].params, before[slot].params)


def test_facts_are_of_the_training_rows_and_of_no_others(tiny_network):
    """Rows 0 to 3 are trained on, 4 to 7 held in, and all others held out."""
    program = tiny_network.program()
    rows = batches.fold_table(np.arange(4), size=12, seed=0, name="sub0")
    facts = jax.jit(functools.partial(fold_facts, program))
    table = tiny_network.table()
    before = jax.device_get(facts(table, rows))
    for others in ([5], [9]):
        chex.assert_trees_all_equal(jax.device_get(facts(spoilt(table, others), rows)), before)
    assert moved(facts(spoilt(table, [3]), rows), before)
    np.testing.assert_array_equal(before.class_counts, [2, 1, 1])
    assert (before.mean_face is None) == (table.landmarks is None)


def test_facts_stay_as_they_were_before_the_first_update(tiny_network, replicas):
    engine = engine_of(tiny_network)
    wave = engine.wave(replicas[:1], [tiny_network.scalars()])
    state = engine.init(wave)
    start = take_replica(state, 0)
    after = take_replica(engine.advance(wave, state, 2)[0], 0)
    chex.assert_trees_all_equal(after.facts, start.facts)
    assert moved(after.params, start.params)


def test_a_stopped_fold_goes_on_to_the_same_bits(tiny_network, replicas, tmp_path):
    """From what a checkpoint has of it, in which nothing may be left out."""
    engine, scalars = engine_of(tiny_network), [tiny_network.scalars()]
    straight = train(engine, replicas[:1], scalars, 4)[0][0]
    wave = engine.wave(replicas[:1], scalars)
    stopped = take_replica(engine.advance(wave, engine.init(wave), 2)[0], 0)
    assert moved(stopped.params, straight.params)
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(replicas[0].name, stopped)
    read = checkpoints.restore(replicas[0].name, engine.shapes)
    chex.assert_trees_all_equal(read, stopped)
    state, _ = engine.advance(wave, engine.put([read]), 2)
    chex.assert_trees_all_equal(take_replica(state, 0), straight)
    checkpoints.save_final(replicas[0].name, straight)
    weights = checkpoints.restore_final(replicas[0].name, engine.shapes)
    chex.assert_trees_all_equal(weights, straight.replace(opt_state=None))


@in_layouts("sharded", "grouped")
def test_side_by_side_trains_as_one_after_another(tiny_network, replicas, layout):
    scalars = [tiny_network.scalars()] * 3
    serial, together = (
        train(engine_of(tiny_network, **LAYOUTS[how]), replicas, scalars)[0]
        for how in ("serial", layout)
    )
    # Sharded it is the same program on every device; grouped another one, which rounds otherwise.
    near = {
        "sharded": {"rtol": 1e-5, "atol": 1e-7},
        "grouped": {"rtol": 1e-3, "atol": 1e-4},
    }
    for one, other in zip(together, serial, strict=True):
        chex.assert_trees_all_close(one.params, other.params, **near[layout])


@in_layouts("sharded", "grouped")
def test_a_replica_that_diverges_leaves_the_others_alone(tiny_network, replicas, layout):
    engine = engine_of(tiny_network, **LAYOUTS[layout])
    mad = [tiny_network.scalars(), tiny_network.scalars(learning_rate=np.nan)]
    same = [Replica(trial, 0, replicas[0].fold) for trial in range(3)]
    straight = train(engine, same, [tiny_network.scalars()] * 3)[0]
    mixed = train(engine, same, [*mad, tiny_network.scalars()])[0]
    assert [bool(state.finite) for state in mixed] == [True, False, True]
    for slot in (0, 2):
        chex.assert_trees_all_equal(mixed[slot], straight[slot])


def test_predictions_are_of_the_rows_that_are_asked_for(tiny_network, replicas):
    """Of the held-in people as of the held-out: each row's is its own."""
    engine = engine_of(tiny_network)
    wave = engine.wave(replicas[:1], [tiny_network.scalars()])
    state = engine.init(wave)
    (found,) = engine.predict(wave, state, [np.array([9, 2, 9, 5, 1])])
    (other,) = engine.predict(wave, state, [np.array([2, 9])])
    chex.assert_trees_all_close(
        jax.tree.map(lambda leaf: leaf[[1, 2]], found), other, rtol=1e-5, atol=1e-6
    )
    assert set(found.measures) == {m.name for m in tiny_network.program().network.measures}
    np.testing.assert_allclose(found.probabilities.sum(axis=1), np.ones(5), rtol=1e-5)
    assert moved(found.probabilities[0], found.probabilities[1])


def test_a_fold_does_not_depend_on_the_order_of_the_table(replicas):
    """Clips draw by their ids, not by their rows; of one network, as nothing of it is its own."""
    network, fold = NETWORKS["ststnet"], replicas[1].fold
    table, rows = network.table(), np.random.default_rng(5).permutation(12)
    other = jax.tree.map(lambda leaf: leaf[np.argsort(rows)], table)
    there = Fold(fold.name, train=np.sort(rows[fold.train]), test=rows[fold.test])

    def predicted(table, fold):
        engine = engine_of(network, table)
        wave = engine.wave([Replica(0, 0, fold)], [network.scalars()])
        state, _ = engine.advance(wave, engine.init(wave), 4)
        return engine.predict(wave, state, [fold.test])[0].probabilities

    straight = predicted(table, fold)
    np.testing.assert_allclose(predicted(other, there), straight, rtol=1e-5)
    by_row = dataclasses.replace(other, clip_id=table.clip_id)
    assert np.abs(predicted(by_row, there) - straight).max() > 1e-3


OWN = {name: one for name, one in NETWORKS.items() if one.other}
OWN_PARAMS = [one for one in PARAMS if one.values[0] in OWN]


@pytest.mark.parametrize("name", OWN)
def test_every_field_of_its_own_has_another_value_below(name):
    """The head for action units is any network's, and shown on one (au_head/test_network.py)."""
    fields = set(find(OWN[name].config().model.network).fields)
    assert fields - set(OWN[name].other) in (set(), {"au_weight"})


@functools.cache
def engine_of_all(name) -> Engine:
    """Returns an engine for the traced fields of a network, compiled once for all of them."""
    return engine_of(NETWORKS[name])


@functools.cache
def update_of(name) -> Update:
    """Returns the update of a network as it is by default."""
    return changed_update(name, {})


def changed_update(name, changes) -> Update:
    """Returns the update of a network with {"model.width": 4, ...} changed."""
    network = NETWORKS[name]
    return Update(network.program(**changes), network.scalars(), network.table(**changes))


@pytest.mark.parametrize("name", OWN_PARAMS)
def test_the_same_fields_give_the_same_program(name):
    again = changed_update(name, {})
    assert again.shapes == update_of(name).shapes and again.text == update_of(name).text


@pytest.mark.parametrize(
    ("name", "field"),
    [
        pytest.param(name, field, marks=[pytest.mark.slow] * (name in SLOW))
        for name, one in OWN.items()
        for field in one.other
    ],
)
def test_every_field_of_its_own_changes_an_update(name, field, replicas):
    """A traced one as an argument of the same program, any other as another program."""
    network, other = OWN[name], {f"model.{field}": OWN[name].other[field]}
    traced = find(network.config().model.network).fields[field].traced
    if traced:
        changed = [network.scalars(), network.scalars(**{traced: network.other[field]})]
        first, second = train(engine_of_all(name), [replicas[0]] * 2, changed, 1)[0]
        assert moved(first.params, second.params)
        assert network.program(**other) == network.program()
        return
    assert changed_update(name, other).differs(update_of(name))
