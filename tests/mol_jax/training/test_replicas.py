"""The replica axis: side by side as alone, sealed, compiled once, no device idle, NaN contained."""

import dataclasses
import functools

import chex
import jax
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.training.devices import choose_devices
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import chunk_metrics, take_replica, take_replicas
from mol_jax.training.replicas import Replica
from mol_jax.training.step import train_step
from tests.mol_jax import tiny

SCALARS = settings.scalars(tiny.config())
# Whatever is counted of the training rows has a part in the loss.
COUNTING = SCALARS | {"logit_adjustment": np.float32(1)}


@pytest.fixture(scope="module")
def make_quick():
    """Returns a function from a clip table to an engine of the network that compiles quickly."""

    def make(table=None, **how) -> Engine:
        how = {"devices": 1, "batch_size": 4} | how
        make_program = functools.partial(tiny.program, **tiny.STAND_IN)
        return Engine(make_program, tiny.table() if table is None else table, **how)

    return make


def train(engine: Engine, replicas, steps: int = 6, *, scalars=None):
    """Trains replicas in waves; returns the last state of each on the host."""
    scalars, states = scalars or [SCALARS] * len(replicas), []
    for i in range(0, len(replicas), engine.slots):
        members = replicas[i : i + engine.slots]
        wave = engine.wave(members, scalars[i : i + engine.slots])
        state, _ = engine.advance(wave, engine.init(wave), steps)
        states += [take_replica(state, slot) for slot in range(len(members))]
    return states


def stirred(engine: Engine, state, count: int):
    """Returns the states of a wave with `tiny.stirred` weights."""
    return engine.put([tiny.stirred(one) for one in take_replicas(state, range(count))])


def spoil(rows):
    """Returns the tiny table with NaN and noise in the clips of `rows`."""
    table, rng = tiny.table(), np.random.default_rng(9)
    table.frames[rows] = rng.integers(0, 256, table.frames[rows].shape, dtype=np.uint8)
    table.flow[rows] = np.nan
    table.landmarks[rows] = np.nan
    table.label[rows] = 2
    return table


BOTH = {"devices": 2, "group": 2}
SLOW = pytest.mark.slow  # a program of its own
LAYOUTS = {"serial": {}, "sharded": {"devices": 3}, "grouped": {"group": 3}}


@pytest.mark.parametrize("layout", ["serial", "sharded", pytest.param("grouped", marks=SLOW)])
def test_corrupting_held_out_clips_changes_no_bit_of_the_fold(make_quick, replicas, layout):
    how = LAYOUTS[layout]
    spoilt = spoil(replicas[1].fold.test)
    sealed, open_to_all = make_quick(**how), make_quick(spoilt, **how)
    scalars = [COUNTING] * 3
    before, after = (train(one, replicas, scalars=scalars) for one in (sealed, open_to_all))
    chex.assert_trees_all_equal(after[1], before[1])
    # The same corruption does reach the folds that train on these clips, and none but them: so a
    # replica that diverges leaves the others' bits alone.
    assert [bool(state.finite) for state in after] == [False, True, False]


@SLOW
def test_the_joint_model_is_sealed_too(make_engine, replicas):
    before, after = (
        train(make_engine(table), replicas[:2], scalars=[COUNTING] * 2)
        for table in (tiny.table(), spoil(replicas[1].fold.test))
    )
    chex.assert_trees_all_equal(after[1], before[1])
    assert [bool(state.finite) for state in after] == [False, True]


@SLOW
@pytest.mark.parametrize("layout", ["sharded", "grouped"])
def test_side_by_side_trains_as_one_after_another(make_quick, replicas, layout):
    alone, together = train(make_quick(), replicas), train(make_quick(**LAYOUTS[layout]), replicas)
    if layout == "sharded":  # the same program on every device, whichever of them are used
        chex.assert_trees_all_equal(together, train(make_quick(devices=2), replicas))
    # Another program rounds otherwise, and each update of Adam carries that on.
    for one, other in zip(together, alone, strict=True):
        chex.assert_trees_all_close(one.params, other.params, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("network", "layouts"),
    [
        (tiny.STAND_IN, ({"devices": 3}, {"group": 3}, BOTH)),
        ({}, (BOTH,)),
    ],
    ids=["stand_in", "mol"],
)
@SLOW
def test_side_by_side_is_one_after_another_in_float64(replicas, request, network, layouts):
    """Over 20 updates of all tasks, to 1e-8: what is left in float32 is rounding."""
    jax.clear_caches()  # they mix up what was traced with 32 and with 64 bits
    request.addfinalizer(jax.clear_caches)
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        table = jax.tree.map(
            lambda leaf: leaf.astype(np.float64) if leaf.dtype.kind == "f" else leaf, tiny.table()
        )
        scalars = [jax.tree.map(np.float64, SCALARS)] * 3
        program = tiny.program("patches", **network)
        module = program.network.module.clone(dtype=np.dtype("float64"))
        wide = dataclasses.replace(program.network, module=module)
        program = dataclasses.replace(program, network=wide)
        engine_of = functools.partial(Engine, lambda _: program, table)
        engine = engine_of(devices=1)
        starts = [
            jax.tree.map(as_float64, take_replica(engine.init(engine.wave([one], scalars[:1])), 0))
            for one in replicas
        ]
        serial, *others = (
            train_float64(engine_of(**{"devices": 1} | how), replicas, scalars, starts)
            for how in ({}, *layouts)
        )
    assert jax.tree.leaves(serial[0].params)[0].dtype == np.float64
    for layout, states in zip(layouts, others, strict=True):
        for one, other in zip(states, serial, strict=True):
            message = str(layout)
            chex.assert_trees_all_close(one, other, rtol=1e-8, atol=1e-8, custom_message=message)


def train_float64(engine: Engine, replicas, scalars, starts):
    """Trains replicas from `starts`, which are made once: what makes them is slow to compile."""
    states = []
    for i in range(0, len(replicas), engine.slots):
        members = replicas[i : i + engine.slots]
        wave = engine.wave(members, scalars[: len(members)])
        state = engine.put(starts[i : i + engine.slots])
        state, _ = engine.advance(wave, state, 20)
        states += [take_replica(state, slot) for slot in range(len(members))]
    return states


def as_float64(leaf):
    return leaf.astype(np.float64) if leaf.dtype == np.float32 else leaf


def compiled_step(engine: Engine, replicas) -> str:
    wave = engine.wave(replicas, [SCALARS] * len(replicas))
    program = engine._program(train_step, (0, None, 0, 0), donate=3)
    state = engine.init(wave)
    return program.lower(wave.scalars, engine._table, wave.rows, state).compile().as_text()


@pytest.mark.parametrize("how", [{"devices": 3}, pytest.param(BOTH, marks=SLOW)])
def test_devices_never_wait_for_each_other(make_quick, replicas, how):
    text = compiled_step(make_quick(**how), replicas)
    assert "dot" in text  # it is the program
    collectives = ("all-gather", "all-reduce", "all-to-all", "collective", "reduce-scatter")
    assert not [word for word in collectives if word in text]


@SLOW
def test_every_device_trains_its_own_replicas(make_quick, replicas):
    engine = make_quick(devices=2, group=2)
    wave = engine.wave((replicas * 2)[:4], [SCALARS] * 4)
    state, metrics = engine.advance(wave, engine.init(wave), 1)
    for leaf in jax.tree.leaves((state, metrics)):
        assert [shard.data.shape[0] for shard in leaf.addressable_shards] == [2, 2]
        assert len({shard.device for shard in leaf.addressable_shards}) == 2
    assert len(engine._table.frames.sharding.device_set) == 2


def test_one_program_trains_any_learning_rates(make_quick, replicas):
    rates = [SCALARS | {"learning_rate": np.float32(rate)} for rate in (0.0, 1e-3, 1e-2)]
    engine = make_quick(group=3)
    same_fold = [Replica(trial, 0, replicas[0].fold) for trial in range(3)]
    step = engine._program(train_step, (0, None, 0, 0), donate=3)
    train(engine, same_fold)
    before = step._cache_size()  # private to jax, and the one thing that tells
    mixed = train(engine, same_fold, scalars=rates)
    assert before == step._cache_size() == 1
    start = train(engine, same_fold, steps=0)
    chex.assert_trees_all_equal(mixed[0].params, start[0].params)  # a rate of 0 stays
    moved = [
        sum(float(np.abs(a - b).sum()) for a, b in zip(*map(jax.tree.leaves, pair), strict=True))
        for pair in ((mixed[1].params, start[1].params), (mixed[2].params, start[2].params))
    ]
    assert 0 < 3 * moved[0] < moved[1]


@SLOW
def test_replicas_of_one_wave_warm_up_apart_and_go_on_where_they_were_stopped(replicas):
    make = functools.partial(tiny.program, **tiny.STAND_IN | {"optim.schedule": "cosine"})
    engine = Engine(make, tiny.table(), devices=1, batch_size=4, group=3)
    same_fold = [Replica(trial, 0, replicas[0].fold) for trial in range(3)]
    scalars = [SCALARS | {"warmup": np.float32(n), "steps": np.float32(6)} for n in (0, 1, 3)]
    start = train(engine, same_fold, steps=0)[0]
    first = train(engine, same_fold, steps=1, scalars=scalars)
    # Adam's first update is the rate times the gradient's sign.
    moved = [
        jax.tree.map(lambda a, b: np.abs(a - b).max(), one.params, start.params) for one in first
    ]
    for n, by in zip((0, 1, 3), moved, strict=True):
        largest = max(jax.tree.leaves(by))
        np.testing.assert_allclose(largest, SCALARS["learning_rate"] / (n + 1), rtol=0.05)
    straight = train(engine, same_fold, scalars=scalars)
    wave = engine.wave(same_fold, scalars)
    stopped = list(take_replicas(engine.advance(wave, engine.init(wave), 3)[0], range(3)))
    state, _ = engine.advance(wave, engine.put(stopped), 3)
    chex.assert_trees_all_equal(list(take_replicas(state, range(3))), straight)


def test_trials_share_their_draws(make_quick, replicas):
    engine = make_quick(group=3)
    pair = [Replica(trial, 0, replicas[0].fold) for trial in range(2)]
    first, second = train(engine, pair)
    chex.assert_trees_all_equal(first, second)


@pytest.mark.parametrize(
    "how", [{"devices": 3}, *(pytest.param(how, marks=SLOW) for how in (BOTH, {"loop": "scan"}))]
)
def test_chunks_of_any_length_give_the_same_bits(make_quick, replicas, how):
    engine = make_quick(**how)
    members = replicas[: engine.slots]
    wave = engine.wave(members, [SCALARS] * len(members))
    state = engine.init(wave)
    for length in (1, 2):
        state, metrics = engine.advance(wave, state, length)
        assert chunk_metrics(metrics).total.shape == (engine.slots,)
    straight = train(engine, members, steps=3)
    chex.assert_trees_all_equal(list(take_replicas(state, range(len(members)))), straight)


@pytest.mark.parametrize("how", [{}, {"devices": 3}, pytest.param(BOTH, marks=SLOW)])
def test_a_state_goes_to_the_host_and_back(make_quick, replicas, how):
    engine = make_quick(**how)
    members = replicas[: min(3, engine.slots)]
    wave = engine.wave(members, [SCALARS] * len(members))
    state, _ = engine.advance(wave, engine.init(wave), 2)
    held = [take_replica(state, slot) for slot in range(len(members))]
    assert all(isinstance(leaf, np.ndarray) for leaf in jax.tree.leaves(held))
    chex.assert_trees_all_equal_shapes_and_dtypes(held[0], engine.shapes)
    state, _ = engine.advance(wave, engine.put(held), 1)
    straight = train(engine, members, steps=3)
    back = [take_replica(state, slot) for slot in range(len(members))]
    chex.assert_trees_all_equal(back, straight)


def test_metrics_are_means_over_the_chunk(make_quick, replicas):
    engine = make_quick(group=3)
    wave = engine.wave(replicas[:2], [SCALARS] * 2)
    _, metrics = engine.advance(wave, engine.init(wave), 3)
    means = chunk_metrics(metrics)
    each = np.stack([jax.device_get(one.total) for one in metrics])
    np.testing.assert_allclose(means.total, each.mean(0), rtol=1e-6)
    assert means.total.shape == (3,) and means.finite.tolist() == [True] * 3
    assert means.total[2] == means.total[1]  # the padding repeats the last replica


@pytest.mark.parametrize("how", [{}, {"group": 3}, {"devices": 3, "batch_size": 3}])
def test_prediction_does_not_depend_on_the_batch(make_quick, replicas, how):
    engine, one_by_one = make_quick(**how), make_quick(batch_size=1)
    uneven = dataclasses.replace(replicas[1].fold, test=replicas[1].fold.test[:3])
    members = [replicas[0], Replica(0, 0, uneven), replicas[2]][: engine.slots]
    wave = engine.wave(members, [SCALARS] * len(members))
    state = stirred(engine, engine.init(wave), len(members))
    tests = [member.fold.test for member in members]
    predicted = engine.predict(wave, state, tests)
    for slot, (member, found) in enumerate(zip(members, predicted, strict=True)):
        assert len(found.measures["nme"]) == len(found.measures["epe"]) == len(tests[slot])
        alone = one_by_one.wave([member], [SCALARS])
        expected = one_by_one.put([take_replica(state, slot)])
        expected = one_by_one.predict(alone, expected, [tests[slot]])[0]
        chex.assert_trees_all_close(found, expected, rtol=1e-5)


def test_a_few_replicas_take_no_more_devices_and_slots_than_they_need(make_quick):
    for how, devices, slots in (
        ({"devices": 8, "replicas": 3}, 3, 3),
        ({"devices": 2, "group": 4, "replicas": 3}, 2, 4),
        ({"devices": 0, "group": 2}, 8, 16),
    ):
        engine = make_quick(**how)
        assert (engine.devices, engine.slots) == (devices, slots)


def test_more_devices_than_there_are_is_refused():
    with pytest.raises(UserError, match=r"runtime\.devices is 9, but there are 8 here"):
        choose_devices(9)


@SLOW
def test_a_device_loop_trains_like_the_host_loop(make_quick, replicas):
    host = train(make_quick(loop="host"), replicas[:1], 3)[0]
    scan = train(make_quick(loop="scan"), replicas[:1], 3)[0]
    chex.assert_trees_all_close(host.params, scan.params, rtol=1e-3, atol=1e-4)


def test_a_video_is_predicted_by_the_mean_of_its_phases(make_quick, replicas):
    """Clip i of the table has min(i, 2) phases; sub0 holds clips 0 to 3."""
    table, members = tiny.table(phases=2), replicas[:2]
    engine = make_quick(table, all_phases=True, group=2)
    wave = engine.wave(members, [SCALARS] * 2)
    state = stirred(engine, engine.init(wave), 2)
    tests = [member.fold.test for member in members]
    found = engine.predict(wave, state, tests)
    even = make_quick(table, group=2)
    # Each sample on its own: a table of one sample a clip for each of the three places.
    alone = []
    for sample in range(3):
        rows = np.arange(12) * 3 + sample
        leaves = {name: getattr(table, name)[rows] for name in ("frames", "flow", "landmarks")}
        one = make_quick(dataclasses.replace(table, **leaves, phases=None), group=2)
        alone.append(one.predict(one.wave(members, [SCALARS] * 2), state, tests))
    # The mean face that errors stand beside is of the even samples, in every table.
    chex.assert_trees_all_close(
        even.predict(wave, state, tests)[0].probabilities, alone[0][0].probabilities
    )
    for slot, member in enumerate(members):
        for at, clip in enumerate(member.fold.test):
            shown = list(range(1, min(clip, 2) + 1)) or [0]
            rows = [alone[sample][slot] for sample in shown]
            mean = np.mean([one.probabilities[at] for one in rows], axis=0)
            np.testing.assert_allclose(found[slot].probabilities[at], mean, rtol=1e-4)
            np.testing.assert_allclose(
                found[slot].measures["nme"][at],
                np.mean([one.measures["nme"][at] for one in rows]),
                rtol=1e-4,
            )
            assert found[slot].samples[at] == len(shown)
            # The mean face is of the even samples of the training rows, whatever is shown.
            train = table.landmarks[member.fold.train * 3, 1:].mean(axis=(0, 1))
            errors = [
                np.linalg.norm(table.landmarks[3 * clip + sample, 1:] - train, axis=-1).mean()
                / np.linalg.norm(
                    table.landmarks[3 * clip + sample, 1, 36:42].mean(0)
                    - table.landmarks[3 * clip + sample, 1, 42:48].mean(0)
                )
                for sample in shown
            ]
            np.testing.assert_allclose(
                found[slot].measures["nme_mean_face"][at], 100 * np.mean(errors), rtol=1e-3
            )
            assert found[slot].votes[at].sum() == len(shown)


EVERY_OPTION = tiny.STAND_IN | {
    "train.phase": "random",
    "data.phases": 2,
    "train.sampler": "balanced",
    "loss.focal_gamma": 2.0,
    "loss.label_smoothing": 0.1,
    "loss.auxiliary": "supcon",
    "loss.center": 0.003,
    "loss.triplet": 0.1,
    "loss.cosface": 0.1,
}


@SLOW
def test_with_every_option_held_out_clips_change_no_bit(replicas):
    table, rng = tiny.table(phases=2), np.random.default_rng(3)
    pixels = np.stack([np.full(12, 1 / 127.5), np.full(12, -1)], axis=1).astype(np.float32)
    table, held = table.replace(pixels=pixels), replicas[1].fold.test
    spoilt = jax.tree.map(np.copy, table)
    for name in ("frames", "flow", "landmarks"):
        leaf = getattr(spoilt, name).reshape(12, 3, *getattr(spoilt, name).shape[1:])
        leaf[held] = rng.integers(0, 99, leaf[held].shape) if name == "frames" else np.nan
    spoilt.label[held], spoilt.phases[held], spoilt.pixels[held] = 2, 1, 0.5
    config = tiny.config(**EVERY_OPTION)
    make, scalars = functools.partial(tiny.program, **EVERY_OPTION), settings.scalars(config)
    before, after = (
        train(Engine(make, one, devices=1, batch_size=4), replicas[:2], 4, scalars=[scalars] * 2)
        for one in (table, spoilt)
    )
    chex.assert_trees_all_equal(after[1], before[1])
    assert [bool(state.finite) for state in after] == [False, True]  # it reaches who trains on it
