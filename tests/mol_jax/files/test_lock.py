"""One process in a folder where there are locks, one sentence where there are none."""

import errno
import fcntl

import pytest

from mol_jax.errors import UserError
from mol_jax.files.lock import locked


def failing(code):
    def flock(*_):
        raise OSError(code, "as the file system says")

    return flock


def test_a_folder_is_one_processs_at_a_time(tmp_path):
    with locked(tmp_path / "run") as note:
        assert note == ""
        with pytest.raises(UserError, match="another process is at work"), locked(tmp_path / "run"):
            pytest.fail("it was taken twice")
    with locked(tmp_path / "run"):
        pass


@pytest.mark.parametrize("name", ["ENOLCK", "ENOSYS", "EOPNOTSUPP", "EINVAL"])
def test_without_locks_it_goes_on_with_one_sentence(tmp_path, monkeypatch, name):
    monkeypatch.setattr(fcntl, "flock", failing(getattr(errno, name)))
    with locked(tmp_path / "run") as note:
        assert "knows no locks" in note and f"writing in {tmp_path / 'run'} at once" in note
        assert "\n" not in note


def test_a_disk_that_fails_is_no_disk_without_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(fcntl, "flock", failing(errno.EIO))
    with pytest.raises(UserError, match=r"cannot lock .* \(as the file system says\)"):
        locked(tmp_path / "run").__enter__()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot write in .*file/run \(Not a directory\)"):
        locked(tmp_path / "file" / "run").__enter__()
