"""One compiled tiny engine for all tests of training: compiling is most of what they cost."""

import pytest

from mol_jax import protocols, settings
from mol_jax.data import ClipTable
from mol_jax.replicas import Engine, Replica
from tests.mol_jax import tiny


@pytest.fixture(scope="session")
def make_engine():
    """Returns a function from a clip table to an engine of the tiny joint model."""

    def make(table: ClipTable, *, loop: str = "host") -> Engine:
        hparams = settings.hparams(tiny.config())
        return Engine(tiny.statics(), hparams, table, loop=loop, batch_size=4)

    return make


@pytest.fixture(scope="session")
def replicas() -> list[Replica]:
    """Returns the three folds of `tiny.table()`, whose clip i is of subject i // 4."""
    persons = [f"tiny/sub{row // 4}" for row in range(12)]
    return [Replica(0, 0, fold) for fold in protocols.make_folds("loso", persons)]
