"""Finished runs that have kept every clip; the tests only read their files."""

import pytest

from mol_jax.dense import videos
from tests.mol_jax import tiny
from tests.mol_jax.dense import made


@pytest.fixture(scope="session")
def dataset():
    """What all runs here are tested on: three subjects with four clips each, t = 4."""
    return tiny.dataset(frames=4)


@pytest.fixture(scope="session")
def made_runs(tmp_path_factory, dataset):
    """Folders of made-up runs: full, no_mer, no_landmarks, no_flow, and neither."""
    root = tmp_path_factory.mktemp("made")
    tasks = {
        "full": made.TASKS,
        "no_mer": ("flow", "landmarks"),
        "no_landmarks": ("mer", "flow"),
        "no_flow": ("mer", "landmarks"),
        "neither": ("mer",),
    }
    for name, of in tasks.items():
        made.make(root / name, dataset, tasks=of)
    return root


@pytest.fixture(scope="session")
def given(tmp_path_factory, made_runs):
    """The predictions of the made-up run as a folder of flow and a table of landmarks."""
    root = tmp_path_factory.mktemp("given")
    made.write_flows(root / "flow", made_runs / "full", tiny.CLIPS)
    return root / "flow", made.write_landmarks(
        root / "landmarks.csv", made_runs / "full", tiny.CLIPS
    )


@pytest.fixture
def served(monkeypatch, dataset):
    """Makes `dataset` what every command finds built."""
    monkeypatch.setattr(videos.load, "load", lambda config, folder: dataset)
    monkeypatch.setattr(videos.generated, "place", lambda config: None)
    return dataset
