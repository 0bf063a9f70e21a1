"""The weights that come with the package are what docs/fine_tuning.md says of them."""

import functools

import jax
import numpy as np
import pytest

from configs import folder_small, synthetic
from mol_jax import weights
from mol_jax.training import footprint
from mol_jax.training.program import make_program
from mol_jax.training.step import init_fold
from mol_jax.weights import names

NAME = "generated_small"


@pytest.fixture(scope="module")
def held():
    return weights.read(weights.find(NAME))


def test_they_have_seen_nobody_and_may_be_given_away(held):
    assert held.card.people == "nobody (generated)" and held.card.licence == "Apache-2.0"
    assert weights.find(NAME).stat().st_size < 2e6


@pytest.mark.parametrize("config", [synthetic, folder_small], ids=["synthetic", "folder_small"])
def test_they_have_every_variable_of_the_small_network(held, config):
    program = make_program(config.get_config(), num_classes=3, auto="lax")
    scalars, table, rows, _ = footprint.shapes(program, clips=4)
    state = jax.eval_shape(functools.partial(init_fold, program), scalars, table, rows)
    for mine, drawn in ((held.params, state.params), (held.collections, state.collections)):
        shapes = {name: leaf.shape for name, leaf in names.flat(drawn).items()}
        assert {name: np.shape(leaf) for name, leaf in names.flat(mine).items()} == shapes
