"""Finished runs that have kept every clip; the tests only read their files."""

import pytest

from mol_jax.dense import videos
from tests.mol_jax import runs, tiny
from tests.mol_jax.dense import made

CLIPS = tuple(f"tiny/sub{i // 4}/clip{i}" for i in range(12))


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory):
    """The workdir of a real joint run with two seeds, t = 4. Compiling it takes a minute."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset(frames=4))
        folder = tmp_path_factory.mktemp("runs") / "full"
        joint = {"data.frames": 4, "train.steps": 10, "predict.keep": CLIPS}
        runs.train(folder, seeds=(0, 1), **joint)
        return folder


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
    made.write_flows(root / "flow", made_runs / "full", CLIPS)
    return root / "flow", made.write_landmarks(root / "landmarks.csv", made_runs / "full", CLIPS)


@pytest.fixture
def served(monkeypatch, dataset):
    """Makes `dataset` what every command finds built."""
    monkeypatch.setattr(videos.load, "load", lambda config, folder: dataset)
    monkeypatch.setattr(videos.generated, "place", lambda config: None)
    return dataset
