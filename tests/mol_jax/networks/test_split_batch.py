"""What the parts of a batch have in common is what the whole batch has."""

import jax
import numpy as np
import pytest
from jax.sharding import AxisType
from jax.sharding import PartitionSpec as P

from mol_jax.networks import split_batch
from mol_jax.networks.split_batch import DATA

X = np.random.default_rng(0).normal(3, 2, (8, 5)).astype(np.float32)


SPLIT, WHOLE = P(DATA), P()


def over(devices, function, *, outs=SPLIT, axis=DATA):
    """Returns a function of X that is mapped over so many parts of it."""
    mesh = jax.make_mesh(
        (devices,), (axis,), devices=jax.devices()[:devices], axis_types=(AxisType.Auto,)
    )
    return jax.jit(jax.shard_map(function, mesh=mesh, in_specs=P(axis), out_specs=outs))


def statistics(x):
    return split_batch.moments(x.mean(0), x.var(0))


@pytest.mark.parametrize("devices", [2, 4])
def test_moments_are_those_of_the_whole_batch(devices):
    mean, var = over(devices, statistics, outs=WHOLE)(X)
    np.testing.assert_allclose(mean, X.mean(0), rtol=1e-6)
    np.testing.assert_allclose(var, X.var(0), rtol=1e-6)
    assert np.abs(X[:4].var(0) - X.var(0)).max() > 0.1, "a part has others"


def test_rows_draw_the_same_however_a_batch_is_split():
    key = jax.random.key(7)

    def draws(x):
        return split_batch.uniform(key, x.shape, x.dtype)

    expected = jax.random.uniform(key, X.shape)
    np.testing.assert_array_equal(draws(X), expected)
    for devices in (2, 4):
        np.testing.assert_array_equal(over(devices, draws)(X), expected)


def test_rows_keep_their_places_and_each_part_has_keys_of_its_own():
    key = jax.random.key(7)

    def of_part(x):
        drawn = jax.random.uniform(split_batch.own(key), (len(x),))
        return split_batch.slots(len(x)), drawn

    slots, drawn = over(4, of_part)(X)
    np.testing.assert_array_equal(slots, np.arange(8))
    assert len(set(np.asarray(drawn).tolist())) == 8


def test_nothing_of_it_is_in_a_program_that_is_not_split():
    def program(x):
        weights = split_batch.varying({"w": np.ones((1, 5), np.float32)})
        return split_batch.mean(x * weights["w"]), statistics(x), split_batch.slots(2)

    replicas = over(2, program, outs=P("replica"), axis="replica")
    for text in (str(jax.make_jaxpr(program)(X)), str(jax.make_jaxpr(replicas)(X))):
        assert "psum" not in text and "axis_index" not in text and "'data'" not in text
    split = str(jax.make_jaxpr(over(2, program, outs=(WHOLE, (WHOLE, WHOLE), SPLIT)))(X))
    assert "psum" in split and "axis_index" in split and "'data'" in split
