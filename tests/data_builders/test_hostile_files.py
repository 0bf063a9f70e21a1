"""What may lie where a frame, a clip or a dataset should: it works, or it is one sentence."""

import functools
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from data_builders import build as build_module
from data_builders.annotations.annotation import AnnotatedSource, printable
from data_builders.build import build
from data_builders.casme2 import annotation as casme2
from data_builders.folder import annotation as folder
from data_builders.samm import annotation as samm
from data_builders.smic import annotation as smic
from data_builders.smic import long_clips
from data_builders.synthetic.look_alikes import casme2_tree
from data_builders.synthetic.look_alikes import samm as samm_tree
from data_builders.synthetic.look_alikes import smic as smic_tree
from mol_jax.errors import UserError
from tests.data_builders.conftest import HEIGHT, WIDTH
from tests.data_builders.folder.conftest import Recordings


@pytest.fixture
def command(small_tree, tmp_path, detector, monkeypatch):
    """Builds the small tree as the command line does; returns the exit code."""
    quick = functools.partial(build, make_detector=detector)
    monkeypatch.setattr(build_module, "build", quick)
    words = [f"--source={small_tree.root}", f"--data_dir={tmp_path / 'tfds'}", "--frames=2"]
    words += ["--size=72", "--flow=dis", "--workers=1"]
    return lambda *more: build_module.main(["casme2", *words, *more])


def put_text(file: Path) -> None:
    file.write_text("hello")


def put_giant(file: Path) -> None:
    data = bytearray(cv2.imencode(".jpg", np.zeros((HEIGHT, WIDTH), np.uint8))[1].tobytes())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    file.write_bytes(data)


def put_small(file: Path) -> None:
    cv2.imwrite(str(file), np.zeros((5, 6), np.uint8))


def put_device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def put_dangling(file: Path) -> None:
    file.symlink_to(file.with_name("gone.jpg"))


def put_loop(file: Path) -> None:
    file.symlink_to(file)


IN_PLACE_OF_A_FRAME: dict[Callable[[Path], None], str] = {
    put_text: r"img15.jpg is damaged or no image \(5 bytes\)",
    Path.touch: r"img15.jpg is damaged or no image \(0 bytes\)",
    Path.mkdir: "img15.jpg: it is a folder, a pipe or a device",
    os.mkfifo: "img15.jpg: it is a folder, a pipe or a device",
    put_device: "img15.jpg: it is a folder, a pipe or a device",
    put_dangling: "img15.jpg: No such file",
    put_loop: "img15.jpg: Too many levels of symbolic links",
    put_small: "img15.jpg is 6x5 px, the clip's first frame 100x120",
    put_giant: "img15.jpg is 65535x65535 px, expected at most 40 million",
}


@pytest.mark.parametrize(("put", "message"), IN_PLACE_OF_A_FRAME.items())
def test_a_build_stops_with_one_sentence_and_goes_on_when_it_is_mended(
    command, small_tree, tmp_path, capfd, put, message
):
    file = small_tree.frames / "sub02" / "EP02_01f" / "img15.jpg"
    kept = file.rename(tmp_path / "kept.jpg")
    put(file)
    assert command() == 2
    captured = capfd.readouterr()
    (line,) = captured.err.splitlines()
    assert line.startswith("error: ") and re.search(message, line) and captured.out == ""
    if file.is_dir():
        file.rmdir()
    else:
        file.unlink()
    kept.rename(file)
    assert command() == 0


NAMES = (b"EP\xff\xfe", "EP\u202e\u200b".encode(), b"EP\nfoo", "微表情 １".encode(), b"a" * 255)


def test_any_names_of_folders_and_files_are_told_and_kept(command, small_tree, tmp_path, capfd):
    subject = os.fsencode(small_tree.frames / "sub02")
    for name in NAMES:
        os.mkdir(os.path.join(subject, name))
        shutil.copy(
            small_tree.frames / "sub02/EP02_01f/img10.jpg",
            os.path.join(subject, b"EP02_01f", b"1" + name[:99]),
        )
    assert command() == 0
    out = capfd.readouterr().out
    assert r"no annotation for sub02/EP\udcff\udcfe: left out" in out
    assert r"no annotation for sub02/EP\nfoo: left out" in out and "微表情 １: left out" in out
    assert out.count("left out\n") == len(NAMES)
    (file,) = (tmp_path / "tfds").rglob("metadata.json")
    assert len(json.loads(file.read_text())["unannotated"]) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "shown"),
    {
        "sub01/EP 1": "sub01/EP 1",
        "é 微\u3000\xa0": "é 微\u3000\xa0",
        "a\nb\x1b[2J": r"a\nb\x1b[2J",
    }.items(),
)
def test_printable(name, shown):
    assert printable(name) == shown


FEW: dict[str, Any] = {"faces": False, "clips": 3, "frames": (4, 4)}


def write_casme2(root: Path) -> None:
    layout = casme2_tree.Layout(trees=(casme2_tree.SELECTED,))
    casme2_tree.write_tree(root, subjects=("sub01", "sub02"), layout=layout, **FEW)


def write_folder(root: Path) -> None:
    Recordings(root).write("1,s1/a.avi,happy,,,", "2,s2/b,sad,6,8,10")


SOURCES: dict[str, tuple[Callable[[Path], object], Callable[[Path], AnnotatedSource]]] = {
    "casme2": (write_casme2, lambda root: casme2.annotate(root, "casme2")),
    "samm": (
        lambda root: samm_tree.write_tree(root, subjects=("006", "007"), **FEW),
        lambda root: samm.annotate(root, "samm"),
    ),
    "smic": (
        lambda root: smic_tree.write_tree(root, subjects=(1, 3), parts=("raw",), **FEW),
        lambda root: smic.annotate(root, "smic"),
    ),
    "smic_hs_e": (
        lambda root: smic_tree.write_tree(root, subjects=(1, 3), parts=("long",), **FEW),
        lambda root: long_clips.annotate(root, "smic_hs_e"),
    ),
    "folder": (write_folder, lambda root: folder.annotate(root, "folder", root / "labels.csv")),
}


def link(there: Path, here: Path, depth: int) -> None:
    """Makes `here` look like `there`, with links to what lies `depth` folders down."""
    if depth and there.is_dir():
        here.mkdir()
        for inside in there.iterdir():
            link(inside, here / inside.name, depth - 1)
    else:
        here.symlink_to(there)


@pytest.mark.parametrize("name", SOURCES)
def test_a_dataset_linked_from_another_disk_is_read_like_one_that_is_there(tmp_path, name):
    write, read = SOURCES[name]
    write(tmp_path / "disk")
    expected = read(tmp_path / "disk")
    assert expected.clips
    for depth in range(8):
        linked = tmp_path / f"linked{depth}"
        link(tmp_path / "disk", linked, depth)
        found = read(linked)
        assert [c.key for c in found.clips] == [c.key for c in expected.clips], depth
        assert all(clip.folder.is_relative_to(linked) for clip in found.clips)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("target", ["", "gone", "loop"])
def test_links_that_lead_in_circles_or_nowhere_end(tmp_path, name, target):
    write, read = SOURCES[name]
    root = tmp_path / "disk"
    write(root)
    keys = [clip.key for clip in read(root).clips]
    for folder_ in [root, *(f for f in root.rglob("*") if f.is_dir())]:
        (folder_ / "loop").symlink_to(root / target if target != "loop" else folder_ / "loop")
    try:
        assert [clip.key for clip in read(root).clips] == keys
    except UserError as error:  # the dataset seems to be there twice
        assert target == "" and "\n" not in str(error)
