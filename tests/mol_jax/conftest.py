"""One compiled tiny engine for all tests of training: compiling is most of what they cost."""

import pytest

from mol_jax.data.clips import ClipTable
from mol_jax.protocol import folds
from mol_jax.training.engine import Engine
from mol_jax.training.replicas import Replica
from tests.mol_jax import pointed, runs, tiny
from tests.mol_jax.moved import built


@pytest.fixture(scope="session")
def make_engine():
    """Returns a function from a clip table to an engine of the tiny joint model."""

    def make(table: ClipTable, **how) -> Engine:
        return Engine(tiny.program, table, **{"devices": 1, "batch_size": 4} | how)

    return make


@pytest.fixture(scope="session")
def replicas() -> list[Replica]:
    """Returns the three folds of `tiny.table()`, whose clip i is of subject i // 4."""
    persons = [f"tiny/sub{row // 4}" for row in range(12)]
    return [Replica(0, 0, fold) for fold in folds.make_folds("loso", persons)]


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished run of 20 steps and its metrics; the tests only read its files."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset())
        folder = tmp_path_factory.mktemp("runs") / "finished"
        return folder, runs.train(folder)


@pytest.fixture(scope="session")
def both(tmp_path_factory):
    """A run that chooses by held-in people with the oracle beside it, and its metrics."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, pointed.dataset())
        folder = tmp_path_factory.mktemp("runs") / "both"
        return folder, pointed.train(folder, **pointed.INNER | pointed.ORACLE)


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory):
    """The workdir of a real run with two seeds, t = 4."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset(frames=4))
        folder = tmp_path_factory.mktemp("runs") / "full"
        joint = {"data.frames": 4, "train.steps": 10, "predict.keep": tiny.CLIPS}
        runs.train(folder, seeds=(0, 1), **joint)
        return folder


@pytest.fixture(scope="session")
def ststnet(tmp_path_factory):
    """The workdir of a finished run of STSTNet, with two seeds; tests copy it."""
    with pytest.MonkeyPatch.context() as patch:
        built.serve(patch)
        folder = tmp_path_factory.mktemp("moved") / "ststnet"
        built.train(folder, **built.STSTNET, seeds=(0, 1))
        return folder
