"""The doctor's command, its exit code, and that it leaves a dataset as it was."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from data_builders import doctor
from data_builders.build import build
from data_builders.datasets import BUILDERS
from data_builders.doctor import main
from mol_jax.errors import UserError
from tests.data_builders.conftest import FixedDetector
from tests.data_builders.diagnosis.conftest import Report, make_whole


@pytest.fixture
def whole(tree):
    return make_whole(tree)


def snapshot(root):
    """Everything below a folder: what is there, when it was changed, and what it holds."""
    return {
        path: (path.stat().st_mtime_ns, path.stat().st_mode, path.is_file() and path.read_bytes())
        for path in (root, *root.rglob("*"))
    }


def test_a_dataset_without_oddities(whole):
    report = Report("synthetic", whole.root)
    assert report.code == 0
    assert not report.of("odd") and not report.of("bad")
    assert "10 clips of 2 subjects" in report.of("ok")
    assert "100 of 100 frames from onset to offset are on disk" in report.of("ok")
    assert "emotion surprise: 2 clips" in report.of("note")
    assert "these clips are generated, not recordings of people" in report.of("note")
    assert "100 images can be read, all there are" in report.of("ok")
    assert "100x120 px: 10 clips" in report.of("note")
    assert "grey: 10 clips" in report.of("note")
    assert "aligned to 72 px the faces shrink to 89 %" in report.of("note")
    assert "a face in 100 of 100 images" in report.of("ok")
    assert report.lines[-2].strip() == "will build"
    assert report.lines[-1].strip().startswith("python -m data_builders.build synthetic --source=")


def test_nothing_is_changed(whole, tmp_path):
    for path in sorted(tmp_path.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
        os.utime(path, ns=(10**18, 10**18))
    before, here = snapshot(whole.root), sorted(Path.cwd().iterdir())
    try:
        report = Report("synthetic", whole.root, data_dir=tmp_path / "built")
        failed = Report("samm", whole.root)
        after = snapshot(whole.root)
    finally:
        for path in [whole.root, *whole.root.rglob("*")]:
            path.chmod(0o755)
    assert (report.code, failed.code) == (0, 2)
    assert after == before
    assert not (tmp_path / "built").exists() and sorted(Path.cwd().iterdir()) == here


def nothing(tree):
    pass


def drop_a_frame(tree):
    next(tree.frames.rglob("img12.jpg")).unlink()


def empty_a_clip(tree):
    shutil.rmtree(tree.frames / "sub01" / "EP_others")
    (tree.frames / "sub01" / "EP_others").mkdir()


def damage_an_image(tree):
    next(tree.frames.rglob("img10.jpg")).write_bytes(b"no image")


def number_two_alike(tree):
    shutil.copy(next(tree.frames.rglob("img11.jpg")), tree.frames / "sub01/EP_others/x_0011.jpg")


def blacken(tree):
    for file in tree.frames.rglob("*.jpg"):
        cv2.imwrite(str(file), np.zeros((120, 100), np.uint8))


def lose_the_frames(tree):
    shutil.rmtree(tree.frames)


def lose_the_workbook(tree):
    (tree.root / "CASME2-coding-20140508.xlsx").unlink()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (nothing, 0),
        (drop_a_frame, 1),
        (empty_a_clip, 1),
        (damage_an_image, 2),
        (number_two_alike, 2),
        (blacken, 2),
        (lose_the_frames, 2),
        (lose_the_workbook, 2),
    ],
)
def test_a_build_does_what_the_exit_code_says(whole, tmp_path, change, code):
    change(whole)
    report = Report("synthetic", whole.root)
    assert report.code == code
    options = {"frames": 2, "size": 72, "workers": 1, "make_detector": FixedDetector}
    if code < 2:
        build("synthetic", whole.root, data_dir=tmp_path / "tfds", **options)
    else:
        with pytest.raises(UserError):
            build("synthetic", whole.root, data_dir=tmp_path / "tfds", **options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["casme22", "--source=."], "there is no dataset 'casme22': did you mean casme2?"),
        (["casme2"], "required: --source"),
        (["casme2", "--source=nowhere"], "there is no folder nowhere"),
        (["casme2", "--source=setup.cfg"], "there is no folder setup.cfg"),
        (["casme2", "--source=."], None),
        (["casme2", "--source=.", "--sample=0"], "sample is 0"),
        (["casme2", "--source=.", "--sample=few"], "invalid int value: 'few'"),
        (["casme2", "--source=.", "--frames=5"], "frames is 5"),
        (["casme2", "--source=.", "--size=100"], "size is 100"),
        (["casme2", "--source=.", "--alignment=none"], "alignment is 'none'"),
        (["casme2", "--source=.", "--flow=magic"], "flow is 'magic'"),
        (["casme2", "--source=.", "--workers=0"], "workers is 0"),
        (["casme2", "--source=.", "--max_missed=5"], "max_missed is 5.0"),
        (["casme2", "--source=.", "--max_missed=nan"], "max_missed is nan"),
        (["casme2", "--source=.", "--predictor=nowhere.dat"], "no landmark model at nowhere.dat"),
        (["casme2", "--source=.", "--labels=a.csv"], "--labels is for folder"),
        (["folder", "--source=."], None),
        (["casme2", "--source=.", "--repair"], "unrecognized arguments: --repair"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(arguments, message, capsys, monkeypatch, tmp_path):
    (tmp_path / "setup.cfg").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    output = capsys.readouterr()
    assert "Traceback" not in output.err + output.out
    if message is None:
        assert "  bad   " in output.out and not output.err
    else:
        assert message in output.err and output.err.count("\n") == 1 and not output.out


def test_the_page_on_builders_lists_every_dataset():
    page = Path(doctor.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert [name for name in BUILDERS if f"`{name}`" not in page] == []


def test_a_bad_landmark_model_is_named(whole, capsys):
    model = whole.root / "model.dat"
    model.write_bytes(b"none")
    assert main(["synthetic", f"--source={whole.root}", f"--predictor={model}"]) == 2
    assert "is no dlib shape predictor" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_with_the_real_detector(whole):
    command = [sys.executable, "-m", "data_builders.doctor", "synthetic"]
    command += [f"--source={whole.root}", "--sample=1", "--frames=2", "--size=72"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # waves are no faces, one clip too little to judge by
    assert "a face in 0 of 3 images" in done.stdout
    assert done.stdout.endswith(f"--source={whole.root} --frames=2 --size=72\n")
