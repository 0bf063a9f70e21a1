"""Many clips come of one folder with tens of thousands of images: it must not be read for each."""

import os

import pytest

from data_builders.pixels import frames

OLD = (10**9, 10**9)  # s


@pytest.fixture
def listed(monkeypatch):
    """The folders that were read, in order."""
    found = []
    original = frames._index_folder

    def index(source):
        found.append(source)
        return original(source)

    frames._index_settled.cache_clear()
    monkeypatch.setattr(frames, "_index_folder", index)
    return found


def touch(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")
    os.utime(folder, OLD)


def test_a_settled_folder_is_read_once(tmp_path, listed):
    touch(tmp_path / "a", "1.jpg", "2.jpg")
    first = frames.index_frames(tmp_path / "a")
    first.clear()
    assert list(frames.index_frames(tmp_path / "a")) == [1, 2]
    assert len(listed) == 1


def test_a_folder_that_just_changed_is_read_again(tmp_path, listed):
    touch(tmp_path / "a", "1.jpg")
    os.utime(tmp_path / "a")
    for name in ("2.jpg", "3.jpg"):
        frames.index_frames(tmp_path / "a")
        (tmp_path / "a" / name).write_bytes(b"")
    assert list(frames.index_frames(tmp_path / "a")) == [1, 2, 3]
    assert len(listed) == 3


def test_a_folder_from_the_future_is_read_again(tmp_path, listed):
    touch(tmp_path / "a", "1.jpg")
    os.utime(tmp_path / "a", (10**10, 10**10))
    for _ in range(2):
        frames.index_frames(tmp_path / "a")
    assert len(listed) == 2


def test_a_changed_folder_is_read_again(tmp_path, listed):
    touch(tmp_path / "a", "1.jpg")
    frames.index_frames(tmp_path / "a")
    (tmp_path / "a/2.jpg").write_bytes(b"")
    os.utime(tmp_path / "a", (10**9 + 1, 10**9 + 1))
    assert list(frames.index_frames(tmp_path / "a")) == [1, 2]


def test_a_relative_path_is_of_the_current_folder(tmp_path, listed, monkeypatch):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        touch(tmp_path / name / "a", f"{len(name)}{ord(name)}.jpg")
    found = []
    for name in ("x", "y"):
        monkeypatch.chdir(tmp_path / name)
        found += list(frames.index_frames(type(tmp_path)("a")))
    assert found == [1120, 1121]


def test_what_is_refused_is_refused_again(tmp_path, listed):
    touch(tmp_path / "a", "1.jpg", "01.jpg")
    for _ in range(2):
        with pytest.raises(frames.UserError, match="two images for frame 1"):
            frames.index_frames(tmp_path / "a")
