"""Finished runs of networks that read recipes; tests copy them, or only read their files."""

import shutil

import pytest

from tests.mol_jax.moved import built


@pytest.fixture(scope="session")
def ststnet(tmp_path_factory):
    """The workdir of a finished run of STSTNet, with two seeds."""
    with pytest.MonkeyPatch.context() as patch:
        built.serve(patch)
        folder = tmp_path_factory.mktemp("moved") / "ststnet"
        built.train(folder, **built.STSTNET, seeds=(0, 1))
        return folder


@pytest.fixture
def run(ststnet, tmp_path, monkeypatch):
    """A copy of that run, to write in."""
    built.serve(monkeypatch)
    return shutil.copytree(ststnet, tmp_path / "run")
