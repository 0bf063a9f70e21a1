"""A copy of a finished run of a network that reads recipes."""

import shutil

import pytest

from tests.mol_jax.moved import built


@pytest.fixture
def run(ststnet, tmp_path, monkeypatch):
    """A copy of that run, to write in."""
    built.serve(monkeypatch)
    return shutil.copytree(ststnet, tmp_path / "run")
