"""Sampling by class and by phase, and grey levels; how rows are drawn stands in test_fold.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.training import augment, batches
from mol_jax.training.draws import stream
from mol_jax.training.program import make_program
from tests.mol_jax import tiny


def fold_of(rows, *, size=12, name="sub0"):
    return jax.device_put(batches.fold_table(np.asarray(rows), size=size, seed=0, name=name))


def drawn_labels(table, rows, *, steps=400, batch=4):
    fold = fold_of(rows)
    weight = batches.balanced(table, fold, 3)

    def at(step):
        key = stream(fold.key, "batch", step)
        return batches.draw_rows(key, table.clip_id, fold, batch, weight)

    return np.asarray(jax.jit(jax.vmap(at))(jnp.arange(steps)))


def test_balanced_batches_show_every_class_equally_often():
    table = jax.tree.map(jnp.asarray, tiny.table())
    rows = [0, 3, 6, 9, 1, 4, 2]  # four of class 0, two of class 1, one of class 2
    found = drawn_labels(table, rows)
    assert set(found.ravel()) == set(rows)
    labels = np.bincount(found.ravel() % 3)
    expected = found.size / 3
    assert np.abs(labels - expected).max() < 4 * np.sqrt(expected * 2 / 3)
    within = np.bincount(found.ravel())[[0, 3, 6, 9]]
    assert np.abs(within - expected / 4).max() < 4 * np.sqrt(expected / 4)


def test_balanced_batches_draw_no_held_out_row_and_need_no_class():
    table = jax.tree.map(jnp.asarray, tiny.table())
    found = drawn_labels(table, [1, 4, 7, 2])  # class 0 is only held out
    assert set(found.ravel()) == {1, 2, 4, 7}
    assert np.bincount(found.ravel() % 3)[0] == 0


def test_balanced_draws_do_not_depend_on_padding():
    table = jax.tree.map(jnp.asarray, tiny.table())
    fold = {size: fold_of([0, 3, 1, 2], size=size) for size in (4, 12)}
    rows = [
        batches.draw_rows(
            stream(one.key, "batch", 3),
            table.clip_id,
            one,
            4,
            batches.balanced(table, one, 3),
        )
        for one in fold.values()
    ]
    np.testing.assert_array_equal(*rows)


def test_a_clip_shows_the_sample_that_is_asked_for():
    table = tiny.table(5, phases=2)
    clips = batches.clips_at(table, np.array([3, 1]), np.array([2, 0]))
    assert table.samples == 3
    np.testing.assert_array_equal(clips.frames, table.frames[[11, 3]])
    np.testing.assert_array_equal(clips.flow, table.flow[[11, 3]])
    np.testing.assert_array_equal(clips.landmarks, table.landmarks[[11, 3]])
    np.testing.assert_array_equal(clips.label, table.label[[3, 1]])
    np.testing.assert_array_equal(clips.clip_id, table.clip_id[[3, 1]])


def test_phases_are_drawn_evenly_and_only_those_there_are():
    ids, phases = jnp.arange(4, dtype=jnp.uint32), jnp.asarray([0, 1, 2, 5])
    keys = jax.vmap(lambda step: stream(jax.random.key(0), "phase", step))(jnp.arange(2000))
    drawn = np.asarray(jax.vmap(lambda key: batches.draw_samples(key, ids, phases))(keys))
    for clip, count in enumerate([0, 1, 2, 5]):
        found = np.bincount(drawn[:, clip], minlength=count + 1)
        if count == 0:
            assert found.tolist() == [2000]  # the even sample
            continue
        assert found[0] == 0 and len(found) == count + 1
        assert np.abs(found[1:] - 2000 / count).max() < 4 * np.sqrt(2000 / count)


@pytest.mark.parametrize(("phase", "even"), [("even", True), ("random", False)])
@pytest.mark.slow
def test_training_shows_phases_only_where_the_config_says(phase, even):
    table = jax.tree.map(jnp.asarray, tiny.table(phases=2))
    config = tiny.config(**{"train.phase": phase, "data.phases": 2, "augment.crop_jitter": 0.0})
    program = make_program(config, num_classes=3)
    scalars = settings.scalars(config) | {"flip_probability": np.float32(0)}
    centred = jax.vmap(lambda clip: augment.centre(clip, side=72, size=64))(
        batches.clips_at(table, jnp.arange(12))
    )
    shown = np.asarray(augment.to_batch(centred).frames)
    batch = batches.training_batch(program, scalars, table, fold_of([8, 9, 10, 11]), jnp.int32(0))
    is_even = [any((frames == one).all() for one in shown) for frames in np.asarray(batch.frames)]
    assert all(is_even) if even else not any(is_even)


def test_the_grey_levels_of_a_table_are_its_own_where_it_has_them():
    table = tiny.table(2)
    plain = augment.to_batch(table).frames
    pixels = np.array([[0.5, -3.0], [2.0, 1.0]], np.float32)
    changed = augment.to_batch(table.replace(pixels=pixels)).frames
    np.testing.assert_allclose(plain, table.frames / 127.5 - 1, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(changed[0], table.frames[0] * 0.5 - 3)
    np.testing.assert_allclose(changed[1], table.frames[1] * 2.0 + 1)


def drawn_by_hand(key, ids, rows, batch):
    """Returns the rows of a batch as they are described: by the largest of the clips' numbers."""

    def order(key):
        numbers = [float(jax.random.uniform(jax.random.fold_in(key, ids[row]))) for row in rows]
        return [rows[i] for i in np.argsort(numbers)[::-1]]

    if len(rows) >= batch:
        return order(key)[:batch]
    return [order(jax.random.fold_in(key, slot))[0] for slot in range(batch)]


@pytest.mark.slow
def test_distinct_rows_or_repeated_ones_alone_and_in_a_group():
    batch, key = 4, jax.random.key(5)
    ids = jnp.array([7, 2**31, 3, 11, 5, 4_000_000_000], jnp.uint32)
    kinds = ([0, 2, 3, 5, 1], [4, 1, 2, 0], [5, 3, 1])
    each = [fold_of(rows, size=6) for rows in kinds]

    def draw(fold):
        return batches.draw_rows(key, ids, fold, batch)

    expected = [drawn_by_hand(key, ids, rows, batch) for rows in kinds]
    assert [len(set(rows)) for rows in expected[:2]] == [4, 4]
    alone = [jax.jit(draw)(fold) for fold in each]
    group = jax.tree.map(lambda *leaves: jnp.stack(leaves), *each)
    np.testing.assert_array_equal(alone, expected)
    np.testing.assert_array_equal(jax.vmap(draw)(group), expected)
    lines = {line.primitive.name for line in jax.make_jaxpr(draw)(each[0]).eqns}
    assert "cond" in lines  # a replica that trains alone makes one of the draws
