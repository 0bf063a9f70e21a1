"""Networks of one fold with untrained weights: what a picture shows does not need good ones."""

import dataclasses
import functools

import jax
import numpy as np
import pytest

from mol_jax.pictures.trained import Trained
from mol_jax.protocol.folds import Fold
from mol_jax.training import batches, step
from tests.mol_jax import tiny
from tests.mol_jax.pictures.known import Corner

FOLD = Fold("sub0", train=np.arange(4, 12, dtype=np.int32), test=np.arange(4, dtype=np.int32))


def of_program(program, table) -> Trained:
    """Returns a fold's network before the first update."""
    rows = batches.fold_table(FOLD.train, size=len(table.label), seed=0, name=FOLD.name)
    scalars = dict.fromkeys(program.scalars, np.float32(0.1))
    init = jax.jit(functools.partial(step.init_fold, program))
    state = jax.device_get(init(scalars, table, rows))
    return Trained("trial0/seed0/sub0", FOLD, program, table, tiny.stirred(state))


@pytest.fixture(scope="package")
def table():
    """Twelve random clips."""
    return tiny.table()


@pytest.fixture(scope="package")
def stand_in(table):
    """A network of frames that is no picture's own."""
    return of_program(tiny.program(**tiny.STAND_IN), table)


@pytest.fixture(scope="package")
def corner(table):
    """The network that reads one corner; its only weight is 1."""
    program = dataclasses.replace(tiny.program(**tiny.STAND_IN), network=Corner())
    made = of_program(program, table)
    return dataclasses.replace(made, state=made.state.replace(params={"scale": np.float32(1)}))
