import subprocess
import sys

import pytest

from data_builders.disk import workspace as module
from data_builders.disk.workspace import remove_abandoned, workspace

HOLD = """
import os, pathlib, sys
from data_builders.disk.workspace import workspace
with workspace(pathlib.Path(sys.argv[1])) as work:
    (work / "half").mkdir()
    (work / "half" / "file").write_text("x")
    print(work, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path):
    """A process that holds a workspace in tmp_path, and that workspace's name."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process, tmp_path / process.stdout.readline().strip()
    process.kill()
    process.wait()


def test_what_a_killed_process_left_is_removed_by_the_next(held, tmp_path):
    process, left = held
    with workspace(tmp_path):
        assert left.is_dir()  # it lives
    process.kill()
    process.wait()
    assert (left / "half" / "file").exists()
    with workspace(tmp_path) as work:
        assert [path for path in tmp_path.iterdir() if path.is_dir()] == [work]


def test_a_folder_that_is_none_of_ours_is_left(tmp_path):
    """Without a lock, and so of unknown origin, or behind a link."""
    (tmp_path / ".building-old" / "data").mkdir(parents=True)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / ".lock").touch()
    (tmp_path / ".building-link").symlink_to(tmp_path / "precious")
    (tmp_path / ".building-file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    remove_abandoned(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_one_killed_before_it_had_a_lock_is_removed(tmp_path):
    (tmp_path / ".building-empty").mkdir()
    remove_abandoned(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_new_one_that_another_process_takes_for_abandoned_is_made_again(tmp_path, monkeypatch):
    make, taken = module.tempfile.mkdtemp, []

    def robbed(**arguments):
        folder = make(**arguments)
        if not taken:
            taken.append(folder)
            remove_abandoned(tmp_path)
        return folder

    monkeypatch.setattr(module.tempfile, "mkdtemp", robbed)
    with workspace(tmp_path) as work:
        assert work.is_dir() and str(work) != taken[0]
    assert not list(tmp_path.iterdir())


def test_a_file_system_without_locks_is_worked_on_but_not_cleaned(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(module.fcntl, "flock", unsupported)
    with workspace(tmp_path) as first, workspace(tmp_path) as second:
        assert first.is_dir() and second.is_dir()
    assert not list(tmp_path.iterdir())
