"""A fold's draws are addressed, and its training never reads a held-out clip."""

import functools

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.networks.mol.mol import Mol
from mol_jax.training import batches
from mol_jax.training.draws import stream
from mol_jax.training.facts import fold_facts
from mol_jax.training.fetching import take_replica
from mol_jax.training.replicas import Replica
from mol_jax.training.step import init_fold
from tests.mol_jax import tiny


def rows_of(train, *, size=12, seed=0, name="sub0"):
    return batches.fold_table(np.asarray(train), size=size, seed=seed, name=name)


def drawn(train, step=0, batch=4, clip_id=None, **options):
    """Returns the rows of the batch at a step, [batch], or at many steps, [steps, batch]."""
    table = jax.device_put(rows_of(train, **options))
    ids = jnp.asarray(tiny.table().clip_id if clip_id is None else clip_id)

    def at(step):
        return batches.draw_rows(stream(table.key, "batch", step), ids, table, batch)

    steps = jnp.asarray(step)
    return np.asarray(jax.jit(jax.vmap(at))(steps) if steps.ndim else at(steps))


def test_batches_are_distinct_training_rows():
    for rows in drawn([1, 3, 4, 6, 7], step=np.arange(50)):
        assert set(rows) <= {1, 3, 4, 6, 7} and len(set(rows)) == 4


def test_every_row_is_drawn_equally_often():
    counts = np.bincount(drawn(range(2, 12), step=np.arange(1000)).ravel())
    assert counts[:2].sum() == 0
    expected = 1000 * 4 / 10
    assert np.abs(counts[2:] - expected).max() < 5 * np.sqrt(expected * 0.6)


@pytest.mark.parametrize("size", [4, 12])
def test_a_small_fold_is_drawn_with_replacement(size):
    rows = drawn([0, 2, 3], step=np.arange(300), batch=6, size=size)
    counts = np.bincount(rows.ravel(), minlength=4)
    assert counts[1] == 0 and (np.abs(counts[[0, 2, 3]] - 600) < 100).all()


def test_draws_do_not_depend_on_padding_or_the_order_of_rows():
    ids = np.random.default_rng(1).integers(0, 2**32, 20, dtype=np.uint32)
    order = np.random.default_rng(2).permutation(20)
    train = np.array([1, 4, 5, 9, 10, 12])
    straight = drawn(train, clip_id=ids, size=20)
    moved = drawn(np.argsort(order)[train][::-1], clip_id=ids[order], size=6)
    np.testing.assert_array_equal(ids[straight], ids[order][moved])


def test_seed_fold_and_step_each_change_the_draw():
    train = range(12)
    straight = drawn(train)
    for other in ({"seed": 1}, {"name": "sub1"}, {"step": 1}):
        assert (drawn(train, **other) != straight).any(), other
    np.testing.assert_array_equal(drawn(train), straight)


def test_streams_are_apart():
    key = jax.random.key(0)
    keys = [stream(key, name, step) for name in ("batch", "augment") for step in (0, 1)]
    assert len({tuple(np.asarray(jax.random.key_data(k))) for k in keys}) == 4


def test_a_clip_drawn_twice_is_cropped_twice():
    program, scalars = tiny.program(), settings.scalars(tiny.config())
    table = jax.tree.map(jnp.asarray, tiny.table())
    batch = functools.partial(batches.training_batch, program)
    chins = jax.jit(lambda *arguments: batch(*arguments).landmarks[:, 0, 8])
    drawn = chins(scalars, table, rows_of([5]), jnp.int32(0))
    assert len(np.unique(np.asarray(drawn), axis=0)) > 1


def test_mean_face_is_of_the_training_rows_only():
    program, table = tiny.program(), tiny.table()
    face = fold_facts(program, table, rows_of([0, 3, 7])).mean_face
    by_hand = table.landmarks[[0, 3, 7], 1:].mean(axis=(0, 1)) - 4  # the crop starts at (4, 4)
    np.testing.assert_allclose(face, by_hand, rtol=1e-5)


def test_mean_face_is_of_the_even_samples_of_the_training_rows():
    program, table = tiny.program(), tiny.table(phases=2)
    held = np.setdiff1d(np.arange(12), [0, 3, 7])
    table.landmarks.reshape(12, 3, *table.landmarks.shape[1:])[held] = np.nan
    face = fold_facts(program, table, rows_of([0, 3, 7])).mean_face
    by_hand = table.landmarks[[0, 9, 21], 1:].mean(axis=(0, 1)) - 4
    np.testing.assert_allclose(face, by_hand, rtol=1e-5)


@pytest.mark.slow
def test_landmark_head_starts_at_the_mean_face(make_engine, replicas):
    engine = make_engine(tiny.table())
    wave = engine.wave(replicas[:1], [settings.scalars(tiny.config())])
    errors = engine.predict(wave, engine.init(wave), [replicas[0].fold.test])[0].measures
    np.testing.assert_allclose(errors["nme"], errors["nme_mean_face"], rtol=1e-5)


@pytest.fixture
def started(monkeypatch):
    """Returns a function to the parameters that a fold starts from, every drawn number being 0.5.

    Drawing takes long to compile.
    """
    draw = Mol.init

    def halves(*arguments, **how):
        shapes = jax.eval_shape(lambda: draw(*arguments, **how))
        return jax.tree.map(lambda leaf: np.full(leaf.shape, 0.5, leaf.dtype), shapes)

    monkeypatch.setattr(Mol, "init", halves)

    def start(given=None, **changes):
        program, scalars = tiny.program(**changes), settings.scalars(tiny.config())
        state = init_fold(program, scalars, tiny.table(), rows_of([0, 3, 7]), given)
        return jax.device_get(state.params)

    return start


def test_the_landmark_head_can_start_at_zero(started):
    mean, zero = started(), started(**{"model.landmark_start": "zero"})
    biases = [one["landmark_head"]["points"].pop("bias") for one in (mean, zero)]
    np.testing.assert_array_equal(biases[1], np.full(136, 0.5))  # as drawn: a head's own are zeros
    face = fold_facts(tiny.program(), tiny.table(), rows_of([0, 3, 7])).mean_face
    np.testing.assert_array_equal(biases[0], np.asarray(face).reshape(-1))
    chex.assert_trees_all_equal(mean, zero)  # the bias is all that differs


def test_given_weights_are_kept_where_drawn_ones_start_at_the_mean_face(started):
    drawn = started()
    trained = jax.tree.map(lambda leaf: leaf + 1, drawn)
    chex.assert_trees_all_equal(started({"params": trained}), trained)
    backbone = {name: trained[name] for name in ("conv_stack", "f5c_0")}
    chex.assert_trees_all_equal(started({"params": backbone}), {**drawn, **backbone})
    points = trained["landmark_head"]["points"]
    part = started({"params": {"landmark_head": {"points": points}}})["landmark_head"]
    chex.assert_trees_all_equal(part, {**drawn["landmark_head"], "points": points})
    for odd in ({"bias": points["bias"][1:]}, {"no_such": points["bias"]}):
        with pytest.raises(AssertionError, match=r"shape|no_such"):
            started({"params": {"landmark_head": {"points": odd}}})


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_every_head_of_the_tiny_network_sees_each_clip(make_engine, replicas, seed):
    """Guards all tests of it: where a ReLU is dead, what they assert to hold still cannot move."""
    table = tiny.table()
    turned = table.replace(frames=table.frames.copy())
    turned.frames[::2] = table.frames[::2, :, ::-1]
    engine, other = make_engine(table), make_engine(turned)
    for one in replicas:
        wave = engine.wave([Replica(0, seed, one.fold)], [settings.scalars(tiny.config())])
        state = engine.put([tiny.stirred(take_replica(engine.init(wave), 0))])
        before, after = (of.predict(wave, state, [one.fold.test])[0] for of in (engine, other))
        is_turned = one.fold.test % 2 == 0
        for name in ("probabilities", "epe", "nme"):
            leaf, moved = (
                found.probabilities if name == "probabilities" else found.measures[name]
                for found in (before, after)
            )
            change = np.abs(moved - leaf).reshape(len(leaf), -1).max(axis=1)
            assert (change[is_turned] > 1e-5 * leaf.mean()).all(), name
            assert not change[~is_turned].any(), name
