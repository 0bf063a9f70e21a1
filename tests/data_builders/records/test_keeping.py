import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from data_builders.annotations.annotation import NO_APEX, ClipAnnotation
from data_builders.records import keeping
from data_builders.video.pictures import VideoFrame

ARRAYS = {"points": np.arange(12, dtype=np.float32).reshape(3, 4), "names": np.array(["é", "b"])}


def clip(subject="sub01", name="EP02_01f"):
    return ClipAnnotation("casme2", subject, "p", name, "fear", "", 1, NO_APEX, 2, Path("x"))


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "deep" / "kept.npz"
    keeping.save(path, tmp_path, {"a": [1, "ü"]}, ARRAYS)
    return path


def test_what_was_saved_is_loaded(saved, tmp_path):
    header, arrays = keeping.load(saved)
    assert header == {"a": [1, "ü"]} and arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


def test_damage_anywhere_is_noticed(saved):
    """A flipped bit gives nothing, or what was saved where the archive does not use that byte."""
    whole = saved.read_bytes()
    refused = 0
    for at in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        saved.write_bytes(damaged)
        kept = keeping.load(saved)
        refused += kept is None
        if kept is not None:
            assert kept[1].keys() == ARRAYS.keys()
            assert kept[0] == {"a": [1, "ü"]}
            assert all(np.array_equal(kept[1][name], ARRAYS[name]) for name in ARRAYS)
    assert refused > len(whole) / 14
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:size])
        assert keeping.load(saved) is None


def test_what_is_no_such_file_is_nothing(tmp_path):
    folder, text, objects = tmp_path / "f.npz", tmp_path / "t.npz", tmp_path / "o.npz"
    folder.mkdir()
    text.write_text("<html></html>")
    np.savez(objects, header=np.array([{}], object))
    assert [keeping.load(p) for p in (folder, text, objects, tmp_path / "no")] == [None] * 4


def test_a_write_that_fails_leaves_the_earlier_file(saved, tmp_path):
    before = saved.read_bytes()
    with pytest.raises(ValueError, match="allow_pickle"):
        keeping.save(saved, tmp_path, {}, {"bad": np.array([{}], object)})
    assert saved.read_bytes() == before


def test_file_names_are_safe_and_differ():
    clips = [
        clip("../../etc", "passwd"),
        clip("sub01", "EP/02"),
        clip("sub01", "EP:02"),
        clip("s\0", "ü\udc80"),
        clip("sub01", "x" * 5000),
        clip("", ""),
        clip(),
        dataclasses.replace(clip(), dataset="samm"),
        clip("sub01/EP02", "01f"),
        clip("sub01", "EP02/01f"),
    ]
    names = [keeping.file_name(c) for c in clips]
    for name in names:
        assert len(name) < 120 and name.isascii()
        assert not set(name) & set("/\\:\0 ") and not name.startswith(".")
    assert len(set(names[:8])) == 8
    assert names[6].startswith("sub01_EP02_01f-") and names[6] == keeping.file_name(clip())


def test_a_stamp_tells_frames_apart(tmp_path):
    file = tmp_path / "img1.jpg"
    file.write_bytes(b"abc")
    stat = file.stat()
    assert keeping.stamps([file]) == [("img1.jpg", 3, stat.st_mtime_ns, stat.st_ino)]
    frames = [VideoFrame(file, 1, 0), VideoFrame(file, 2, 1), VideoFrame(file, 2, 0)]
    stamps = keeping.stamps(frames)
    assert len(set(stamps)) == 3
    assert {stamp[1:] for stamp in stamps} == {(3, stat.st_mtime_ns, stat.st_ino)}


def test_a_folder_that_another_build_clears_is_made_again(tmp_path, monkeypatch):
    """`staging.clear` of a build that is done may come between any two calls."""
    place, replace, calls = tmp_path / "unfinished" / "one.npz", Path.replace, []

    def cleared(path, target):
        calls.append(path)
        if len(calls) < 4:
            shutil.rmtree(target.parent)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", cleared)
    keeping.save(place, tmp_path, {}, ARRAYS)
    assert len(calls) == 4 and keeping.load(place) is not None
