"""One finished run that has kept every clip; the tests only read its files."""

import pytest

from tests.mol_jax import runs, tiny

CLIPS = tuple(f"tiny/sub{i // 4}/clip{i}" for i in range(12))
JOINT = {"data.frames": 4, "train.steps": 10}


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory):
    """The workdir of a joint run with two seeds, t = 4."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset(frames=4))
        folder = tmp_path_factory.mktemp("runs") / "full"
        runs.train(folder, seeds=(0, 1), **JOINT | {"predict.keep": CLIPS})
        return folder
