"""The command: what it asks before it starts, and what it leaves."""

import json
import subprocess
import sys

import pytest

from mol_jax import load, predict
from mol_jax.predicting import predict as predicting
from mol_jax.predicting import predictor
from mol_jax.predicting.models import model
from mol_jax.predicting.shown import overlay, page
from tests.mol_jax.predicting import filmed
from tests.mol_jax.predicting.stand_in_model import StandInModel


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    file = tmp_path_factory.mktemp("film") / "a.mkv"
    return filmed.write(file, filmed.wandering(20), codec="ffv1", pix_fmt="gray")


@pytest.fixture
def ready(monkeypatch):
    """A model that is loaded at once, a detector of squares, and nothing drawn."""
    monkeypatch.setattr(model, "load_model", lambda run, **_: StandInModel())
    monkeypatch.setattr(predictor, "load_model", lambda run, **_: StandInModel())
    monkeypatch.setattr(predicting, "own_detector", filmed.Squares)
    monkeypatch.setattr(page, "write_page", lambda *_, **__: None)
    monkeypatch.setattr(overlay, "write_video", lambda *_: None)


def said(capsys, *arguments):
    code = predict.main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_it_leaves_tables_and_says_what_is_in_them(ready, clip, tmp_path, capsys):
    out = tmp_path / "out"
    code, said_, _ = said(capsys, "--workdir=r", f"--out={out}", "--spot=none", clip)
    assert code == 0 and "real-time factor" in said_ and "Not lie detection" in said_
    assert {"predictions.csv", "landmarks.csv", "summary.json"} <= {p.name for p in out.iterdir()}
    assert json.loads((out / "summary.json").read_text())["faces"][0]["windows"] == 2
    code, _, _ = said(capsys, "--workdir=r", f"--out={out}", "--spot=none", clip)
    assert code == 0  # its own files may be written again
    code, _, err = said(capsys, "--workdir=r", f"--out={out}", "--spot=none", clip.parent)
    assert code == 2 and "of another recording than" in err


@pytest.mark.slow
def test_a_run_that_was_trained_predicts_without_its_dataset(
    kept_run, clip, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(predicting, "own_detector", filmed.Squares)
    out = tmp_path / "out"
    code, printed, _ = said(capsys, f"--workdir={kept_run}", f"--out={out}", "--faces=all", clip)
    assert code == 0 and "UF1" in printed and "GENERATED FACES ONLY" in printed
    names = {path.name for path in out.iterdir()}
    assert {"predictions.csv", "report.html", "video.mp4", "figures"} <= names
    (face,) = json.loads((out / "summary.json").read_text())["faces"]
    assert face["windows"] == 2 and sum(face["mean_of_windows"].values()) == pytest.approx(1)
    tables = (out / "predictions.csv").read_text()
    result = load(kept_run).predict(clip, faces="all")
    for window in result.faces[0].windows:
        assert f"{window.probabilities[0]:.4f}" in tables and window.landmarks.shape[1:] == (68, 2)
    code, _, _ = said(
        capsys, f"--workdir={kept_run}", f"--out={tmp_path / 'o'}", "--no-pictures", clip
    )
    assert code == 0 and not list((tmp_path / "o").rglob("*.mp4"))
    assert [path.name for path in (tmp_path / "o" / "figures").glob("*interval*")] == []


def test_of_several_recordings_the_others_are_predicted_where_one_cannot_be(
    ready, clip, tmp_path, capsys
):
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video" * 99)
    out = tmp_path / "out"
    code, said_, err = said(capsys, "--workdir=r", f"--out={out}", "--spot=none", bad, clip)
    assert code == 2 and "1 of 2 recordings could not be predicted" in err
    assert "is damaged or no video" in said_ and (out / "a" / "summary.json").is_file()
    assert not (out / "bad").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--duration=0", "CLIP"], "--duration is 0, expected seconds"),
        (["--stride=-1", "CLIP"], "--stride is -1, expected seconds"),
        (["--spot=luck", "CLIP"], "--spot is 'luck', expected one of flow, frequency"),
        (["--faces=both", "CLIP"], "invalid choice: 'both'"),
        (["--fps=nan", "CLIP"], "--fps is nan, expected frames per second"),
        (["--seconds=3", "CLIP"], "--seconds is how long a camera records"),
        (["--fps=30", "0"], "--fps is of folders and videos, and camera 0"),
        (["--fps=30", "CLIP", "FOLDER"], "a.mkv too: predict folders and videos by a command each"),
        (["--calibrate=gs://x", "CLIP"], "--calibrate is gs://x, but a run lies in a folder"),
        (["absent.mp4"], "absent.mp4 is not there, or a folder above it is closed: give a video"),
        (["--faces=all"], "RECORDING"),
        (["CLIP"], "holds no run (no config.json)"),
    ],
)
def test_bad_input_is_answered_with_one_sentence(clip, tmp_path, capsys, arguments, sentence):
    places = {"CLIP": str(clip), "FOLDER": str(clip.parent)}
    given = [places.get(one, one) for one in arguments]
    out = tmp_path / "out"
    code, printed, err = said(capsys, f"--workdir={tmp_path / 'r'}", f"--out={out}", *given)
    assert code == 2 and printed == "" and err.startswith("error: ") and err.count("\n") == 1
    assert sentence in err and not out.exists()


def test_three_lines_of_python_give_the_same(ready, clip):
    result = load("r").predict(str(clip), spotter=None)
    assert len(result.faces[0].windows) == 2 and result.about == load("r").about


def test_a_home_is_expanded_of_all_that_is_given_in_python(monkeypatch, tmp_path, clip):
    given = []
    monkeypatch.setenv("HOME", str(clip.parent))
    monkeypatch.setattr(predicting, "own_detector", filmed.Squares)
    monkeypatch.setattr(predictor, "load_model", lambda *of, **how: given.append((of, how)))
    load("~/r", calibrate="~/s")
    assert given == [((clip.parent / "r",), {"calibrate": clip.parent / "s"})]
    found = predictor.Predictor(StandInModel()).predict("~/a.mkv", spotter=None)
    assert found.recording.source == clip


def test_importing_the_package_and_its_help_import_nothing_heavy():
    heavy = "{'jax', 'numpy', 'cv2'}"
    code = f"import sys, mol_jax, mol_jax.predict; print(sorted({heavy} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
