"""A disk that fills up, fails or goes read-only at any step of a build."""

import errno
import functools
import os
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorflow_datasets.core import file_adapters

from data_builders import build as build_module
from data_builders.build import build
from data_builders.records import keeping
from data_builders.records.load import open_dataset
from tests.data_builders.conftest import FixedDetector

pytestmark = pytest.mark.slow

CONFIG = "t2_s72_clip_dis"
ERRORS = {
    errno.ENOSPC: "is full: free some space, or give another --data_dir",
    errno.EDQUOT: "Disk quota exceeded",
    errno.EROFS: "Read-only file system",
    errno.EIO: "Input/output error",
}


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "tfds"


@pytest.fixture
def asked():
    """How many images were searched for a face, in a list of one."""
    return [0]


@pytest.fixture
def command(small_tree, data_dir, asked, monkeypatch):
    """The command line with a detector that counts; returns the exit code."""

    class Counting(FixedDetector):
        identity = "fixed 1"

        def __call__(self, image):
            asked[0] += 1
            return super().__call__(image)

    monkeypatch.setattr(build_module, "build", functools.partial(build, make_detector=Counting))
    words = [f"--source={small_tree.root}", f"--data_dir={data_dir}", "--frames=2", "--size=72"]
    words += ["--flow=dis", "--workers=1"]
    return lambda *more: build_module.main(["casme2", *words, *more])


def failing(function: Callable, code: int, when: Callable[..., bool]) -> Callable:
    """The function, and the error of a disk where `when` says so of its arguments."""

    def write(*arguments, **more):
        if when(*arguments, **more):
            raise OSError(code, os.strerror(code), "a file")
        return function(*arguments, **more)

    return write


def in_landmarks(path, *_, **__):
    return path.parent.name == "landmarks" and path.name.startswith("sub01_EP03")


def in_staging(path, *_, **__):
    return path.parent.name == CONFIG and path.name.startswith("sub01_EP03")


def in_record(*_, **__):
    return True


def in_publishing(path, target):
    return str(target).endswith(f"{CONFIG}/1.0.0") and not path.name.startswith(".earlier")


def in_workspace(*given, **named):
    return any(".building-" in str(part) for part in (*given, *named.values()))


# What fails: an object's attribute, when, and the clips that are finished by then.
PLACES: dict[str, tuple[Any, str, Callable[..., bool], int]] = {
    "landmarks": (keeping, "save", in_landmarks, 1),
    "staging": (keeping, "save", in_staging, 1),
    "records": (file_adapters.ArrayRecordFileAdapter, "write_examples", in_record, 3),
    "publishing": (Path, "rename", in_publishing, 3),
    "workspace": (tempfile, "mkdtemp", in_workspace, 0),
}


def files_of(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("place", "code"),
    [*((place, errno.ENOSPC) for place in PLACES), *(("staging", code) for code in ERRORS)],
)
def test_a_disk_that_fails_is_one_sentence_and_the_same_command_goes_on(
    command, data_dir, asked, monkeypatch, capfd, place, code
):
    holder, name, when, finished = PLACES[place]
    with monkeypatch.context() as patch:
        patch.setattr(holder, name, failing(getattr(holder, name), code, when))
        assert command() == 2
    captured = capfd.readouterr()
    (line,) = captured.err.splitlines()
    assert line.startswith("error: ") and ERRORS[code] in line and captured.out == ""
    assert len(list(data_dir.rglob(f"unfinished/{CONFIG}/*.npz"))) == finished
    assert not list(data_dir.rglob(".building*")) and not list(data_dir.rglob("dataset_info.json"))
    before, asked[0] = asked[0], 0
    assert command() == 0
    # In the second clip the landmarks are kept where the record could not be.
    assert before + asked[0] == 25 + 5 * (place == "landmarks")
    assert len(open_dataset("casme2", data_dir, CONFIG)[0]) == 3
    assert not list(data_dir.rglob("unfinished"))


@pytest.mark.parametrize("place", PLACES)
def test_a_disk_that_fails_leaves_the_earlier_dataset(command, data_dir, monkeypatch, capfd, place):
    assert command() == 0
    before = files_of(data_dir / "casme2" / CONFIG)
    kept = next((data_dir / "casme2" / "landmarks").glob("sub01_EP03*"))
    kept.unlink()
    holder, name, when, _ = PLACES[place]
    with monkeypatch.context() as patch:
        patch.setattr(holder, name, failing(getattr(holder, name), errno.ENOSPC, when))
        assert command("--overwrite") == 2
    assert files_of(data_dir / "casme2" / CONFIG) == before
    assert command() == 0 and "already built" in capfd.readouterr().out
    assert command("--overwrite") == 0
    assert not list(data_dir.rglob(".building*"))


def test_a_preview_that_cannot_be_written_leaves_the_dataset(command, data_dir, monkeypatch, capfd):
    def full(path, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        assert command("--preview") == 2
    captured = capfd.readouterr()
    assert "is full: free some space" in captured.err and captured.err.count("\n") == 1
    assert "3 clips of 2 subjects" in captured.out and "preview: " not in captured.out
    assert command("--preview") == 0
    out = capfd.readouterr().out
    assert "already built" in out and "preview: " in out
    assert len(list((data_dir / "casme2" / "preview" / CONFIG).glob("sheet*.png"))) == 1


@pytest.mark.parametrize("limit", [500, 20_000, 120_000])
def test_files_that_may_not_grow_are_one_sentence(command, data_dir, capfd, limit):
    """A limit as `ulimit -f` sets it: the writes themselves fail, at whatever they write."""
    no_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, no_limit[1]))
    try:
        code = command()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, no_limit)
    (line,) = capfd.readouterr().err.splitlines()
    assert code == 2 and "File too large; the source must be readable" in line
    assert command() == 0
