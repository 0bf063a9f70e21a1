"""Maps are of held-out clips, each by its own fold's network; cells cover a picture once."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.pictures.maps import maps
from mol_jax.pictures.maps.inputs import ROWS, greyed, on_picture, pictured
from mol_jax.pictures.maps.maps import OfClips
from mol_jax.protocol.folds import Fold
from tests.mol_jax import tiny

EVERY = np.arange(12, dtype=np.int32)


def folds(one) -> list:
    """Returns the network as that of three folds."""
    return [
        dataclasses.replace(
            one, fold=Fold(f"sub{k}", np.setdiff1d(EVERY, at), np.asarray(at, np.int32))
        )
        for k, at in enumerate(([0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]))
    ]


@pytest.mark.parametrize(("name", "side"), [("frames", 64), ("flow_image_28", 28)])
def test_cells_cover_every_pixel_once_in_all_frames(name, side):
    shape = [2, 3, 5, 4]
    shape[ROWS[name] : ROWS[name] + 2] = side, side
    leaf = jnp.ones(shape)
    hidden = jax.vmap(lambda cell: 1 - greyed({name: leaf}, cell, 8)[name])(jnp.arange(64)).sum(0)
    np.testing.assert_array_equal(hidden, np.ones(shape))


def test_whole_numbers_are_greyed_to_the_middle():
    found = greyed({"key_frames": jnp.full((1, 2, 8, 8), 9.0)}, jnp.asarray(63), 8)["key_frames"]
    assert (found[0, :, 7, 7] == 127.5).all() and found[0, 0, 7, 6] == 9


def test_which_inputs_are_pictures():
    assert pictured(tiny.config()) == ("frames",)
    assert pictured(tiny.config(**{"model.network": "ststnet"})) == ("flow_image_28",)
    assert pictured(tiny.config(**{"model.network": "graph_au"})) == ()


def test_a_map_is_the_mean_over_frames_and_channels():
    leaf = np.random.default_rng(0).normal(size=(2, 3, 4, 4))
    np.testing.assert_allclose(on_picture("frames", leaf), leaf.mean(1))
    np.testing.assert_allclose(on_picture("flow_image_28", leaf), leaf.mean(3))


def test_each_clip_is_seen_by_the_fold_that_did_not_train_on_it(corner, table):
    person = np.repeat(["a", "b", "c"], 4)
    zero = corner.state.replace(params={"scale": np.float32(0)})
    networks = folds(corner)
    networks[1] = dataclasses.replace(networks[1], state=zero)  # looks nowhere
    label = np.zeros(12, np.int32)
    found = maps.occlusion(networks, label, person, EVERY, ("frames",))
    assert found.rows.tolist() == EVERY.tolist() and found.maps.shape == (12, 8, 8)
    assert (found.maps[4:8] == 0).all()
    others = np.delete(found.maps, range(4, 8), axis=0)
    assert (others[:, :2, :2] > 1e-4).all() and (others[:, 2:] == 0).all()
    (grad,) = maps.saliency(networks, label, person, EVERY[:6], ("frames",)).values()
    assert grad.rows.tolist() == [0, 1, 2, 3, 4, 5] and (grad.maps[4:] == 0).all()
    assert (grad.maps[:4, :16, :16].mean((1, 2)) > 0).all() and (grad.maps[:, 16:] == 0).all()


def test_a_gradient_that_is_nowhere_is_left_out(corner):
    still = corner.state.replace(params={"scale": np.float32(0)})
    networks = folds(dataclasses.replace(corner, state=still))
    label, person = np.zeros(12, np.int32), np.repeat(["a", "b", "c"], 4)
    assert maps.saliency(networks, label, person, EVERY, ("frames",)) == {}


def test_what_is_sure_is_so_over_people_and_not_over_clips():
    """One person's many clips are no evidence, nor are four people on one side."""
    rows, zeros = np.arange(12), np.zeros(12, int)
    values = np.zeros((12, 2, 1))
    values[:, 0] = 1  # everybody's
    values[:2, 1] = 9  # of one person alone

    def sure(people):
        return OfClips(values, rows, zeros, np.repeat(list("abcdef")[:people], 12 // people)).sure()

    assert sure(6).tolist() == [[True], [False]]
    assert not sure(4).any() and not sure(1).any()
