"""A generated tree is CASME II's, the same for any number of workers, and whole or not there."""

import json
import subprocess
import sys
import time
from collections import Counter

import cv2
import numpy as np
import openpyxl
import pytest

from data_builders.synthetic import __main__ as program
from data_builders.synthetic import generate, tree
from mol_jax.errors import UserError

ARGUMENTS = {"subjects": 2, "clips": 3, "seed": 5, "frames": (4, 6)}
EMOTIONS = ("happiness", "surprise", "disgust")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    out = tmp_path_factory.mktemp("generated") / "raw"
    return generate(out, emotions=EMOTIONS, workers=2, **ARGUMENTS)


def rows(root):
    sheet = openpyxl.load_workbook(root / "CASME2-coding-20140508.xlsx")["Sheet1"]
    return list(sheet.iter_rows(values_only=True))


def test_the_workbook_has_casme2s_columns_and_text_subjects(root):
    header, *clips = rows(root)
    assert header[:2] == ("Subject", "Filename") and header[2] is None and header[6] is None
    assert [row[0] for row in clips] == ["01"] * 3 + ["02"] * 3
    assert Counter(row[8] for row in clips) == dict.fromkeys(EMOTIONS, 2)


def test_frames_are_numbered_from_onset_to_offset(root):
    for subject, clip, _, onset, apex, offset, _, units, _ in rows(root)[1:]:
        folder = root / "CASME2_RAW_selected" / f"sub{subject}" / clip
        assert {file.name for file in folder.iterdir()} == {
            f"img{number}.jpg" for number in range(onset, offset + 1)
        }
        assert onset < apex < offset
        assert all(unit.isdigit() for unit in str(units).split("+"))
        assert cv2.imread(str(folder / f"img{onset}.jpg")).shape == (340, 280, 3)


def test_the_truth_lies_beside_and_the_tree_says_that_it_is_generated(root):
    for subject, clip, _, onset, _, offset, *_ in rows(root)[1:]:
        with np.load(root / "ground_truth" / f"sub{subject}" / f"{clip}.npz") as known:
            assert known["landmarks"].shape == (offset - onset + 1, 68, 2)
    marker = json.loads((root / "GENERATED.json").read_text())
    assert marker["seed"] == 5 and marker["emotions"] == list(EMOTIONS)


def test_others_may_enter_the_tree_as_any_new_folder(root, tmp_path):
    (tmp_path / "new").mkdir()
    assert root.stat().st_mode == (tmp_path / "new").stat().st_mode


def test_the_current_folder_may_be_filled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    generate(".", subjects=1, clips=1, frames=(3, 3), workers=1)
    assert (tmp_path / "GENERATED.json").is_file()


@pytest.mark.slow
def test_one_worker_draws_the_same_bytes(root, tmp_path):
    again = generate(tmp_path / "raw", emotions=EMOTIONS, workers=1, **ARGUMENTS)
    files = sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    for file in files:
        if file.suffix == ".xlsx":  # a workbook carries the time it was written
            assert rows(root) == rows(again)
        else:
            assert (root / file).read_bytes() == (again / file).read_bytes(), file


BAD = {
    "subjects": 0,
    "clips": 0,
    "workers": 0,
    "seed": -1,
    "emotions": ("joy",),
    "amplitude": (4.0, 1.0),
    "frames": (2, 5),
}


@pytest.mark.parametrize("name", BAD)
def test_an_argument_out_of_range_is_named(tmp_path, name):
    with pytest.raises(UserError, match=name) as error:
        generate(tmp_path / "out", **{name: BAD[name]})
    assert "\n" not in str(error.value)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("amplitude", [(0.0, 1.0), (1.0, 6.5), (float("nan"), 1.0)])
def test_an_amplitude_that_cannot_be_drawn_is_refused(tmp_path, amplitude):
    with pytest.raises(UserError, match="amplitude"):
        generate(tmp_path / "out", amplitude=amplitude)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(UserError, match="not an empty folder"):
        generate(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch, failure):
    def fail(*_):
        raise failure

    monkeypatch.setattr(tree, "_draw", fail)
    with pytest.raises((UserError, KeyboardInterrupt)) as error:
        generate(tmp_path / "new" / "out")
    assert not any(tmp_path.iterdir())
    assert isinstance(error.value, KeyboardInterrupt) or "No space left" in str(error.value)


def test_sigterm_leaves_nothing_behind(tmp_path):
    command = [sys.executable, "-m", "data_builders.synthetic", "--out=deep/raw", "--workers=1"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.glob("deep/.building-*/*")):
            assert process.poll() is None
            time.sleep(0.02)
        process.terminate()
        message = process.communicate()[1]
    assert process.returncode == 143 and message.strip() == "stopped; nothing was written"
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--out"),
        (["--out=x", "--subjects=many"], "--subjects"),
        (["--out=x", "--amplitude=3"], "--amplitude"),
        (["--out=x", "--emotions=joy"], "happiness"),
        (["--out=x", "--subject=0"], "subjects is 0"),
        (["--out=x", "--colour=red"], "--colour"),
    ],
)
def test_the_command_line_answers_with_one_sentence(
    tmp_path, monkeypatch, capsys, arguments, words
):
    monkeypatch.chdir(tmp_path)
    assert program.main(arguments) == 2
    said = capsys.readouterr().err
    assert words in said and said.startswith("error: ") and said.count("\n") == 1
