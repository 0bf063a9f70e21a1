"""A run exported: the file says what the run says, and its card what the run is worth."""

import sys

import numpy as np
import pytest

from mol_jax import export
from mol_jax.errors import UserError
from mol_jax.exporting import example, folder, onnx_file, stablehlo_file
from mol_jax.predicting.models.model import load_model
from mol_jax.study.recorded_trials import read_finished
from tests.mol_jax import tiny


@pytest.fixture(scope="module")
def model(kept_run):
    return load_model(kept_run)


@pytest.fixture(scope="module")
def exported(model, kept_run, tmp_path_factory):
    """The folder of an export as StableHLO, and what was said of it."""
    pytest.importorskip("flatbuffers", reason="the extra stablehlo")
    out = tmp_path_factory.mktemp("exports") / "stablehlo"
    return out, folder.write(model, read_finished(kept_run), out, "stablehlo")


def test_the_file_says_what_the_run_says_of_any_number_of_clips(exported, model):
    out, made = exported
    assert made.difference < 1e-6
    clips = tiny.table(3, frames=4)
    found = stablehlo_file.call(made.path, {"frames": clips.frames})
    said = model.predict(clips)
    assert sorted(found) == ["flow", "landmarks", "probabilities"]
    for name, value in found.items():
        np.testing.assert_allclose(value, getattr(said, name), rtol=2e-6, atol=1e-6)
    with np.load(out / example.FILE) as held:
        assert held["input_frames"].shape == (2, 4, 72, 72)
        again = stablehlo_file.call(made.path, {"frames": held["input_frames"]})
        for name, value in again.items():
            np.testing.assert_allclose(value, held[f"expected_{name}"], rtol=2e-6, atol=1e-6)


def test_a_file_that_says_something_else_is_not_kept(model, kept_run, tmp_path, monkeypatch):
    out = tmp_path / "wrong"
    path = out / stablehlo_file.FILE

    def nothing(*_):
        path.touch()
        return path, "B is 1."

    expected = example.make(model).expected
    off = expected | {"landmarks": expected["landmarks"] + 0.01}
    monkeypatch.setattr(stablehlo_file, "write", nothing)
    monkeypatch.setattr(stablehlo_file, "call", lambda *_: off)
    with pytest.raises(UserError, match="says something else than the run itself"):
        folder.write(model, read_finished(kept_run), out, "stablehlo")
    assert list(out.iterdir()) == []


def test_the_card_says_what_it_is_worth_and_what_it_is_not_for(exported, model):
    text = (exported[0] / "README.md").read_text()
    for said in (
        "GENERATED FACES ONLY",
        "Research use. Not lie detection",
        model.about.score.partition(" over")[0],
        "leave one subject out",
        "negative, positive, surprise",
        "B × 4 × 72 × 72 | uint8",
        "B × 3 × 68 × 2",
        "the centre, 64×64 px",
        f"one temperature, {model.about.temperature:.2f}",
        "68-point model",
        "B is any number of clips.",
        "| model.stablehlo |",
    ):
        assert said in text, said


def refused(capsys, *argv):
    assert export.main(list(map(str, argv))) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1
    return said


def test_bad_input_is_one_sentence_and_writes_nothing(kept_run, tmp_path, capsys):
    pytest.importorskip("flatbuffers", reason="the extra stablehlo")
    workdir, format_ = f"--workdir={kept_run}", "--format=stablehlo"
    before = sorted(kept_run.iterdir())
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").touch()
    cases = {
        (workdir,): "--format",
        (format_,): "--workdir",
        (workdir, "--format=tflite"): "choose from",
        (f"--workdir={tmp_path / 'none'}", format_): "holds no run",
        ("--workdir=", format_): "--workdir is empty",
        ("--workdir=gs://bucket/run", format_): "a folder of this machine",
        (workdir, format_, "--out="): "--out is empty",
        (workdir, format_, f"--out={full}"): "is not empty",
        (workdir, format_, f"--out={full / 'mine'}"): "is a file",
        (workdir, format_, f"--out={tmp_path / 'x'}", f"--calibrate={kept_run}"): "of its own",
        (workdir, format_, "--formats=onnx"): "unrecognized",
        (workdir, format_, "--out=/proc/nowhere/out"): "cannot be made",
    }
    for argv, said in cases.items():
        assert said in refused(capsys, *argv), argv
    assert sorted(kept_run.iterdir()) == before and not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("format_", "package"), [("stablehlo", "flatbuffers"), ("onnx", "jax2onnx")]
)
def test_what_is_not_installed_is_said_before_any_work(
    kept_run, tmp_path, capsys, monkeypatch, format_, package
):
    monkeypatch.setitem(sys.modules, package, None)
    argv = f"--workdir={kept_run}", f"--format={format_}", f"--out={tmp_path / 'out'}"
    said = refused(capsys, *argv)
    assert package in said and f'pip install -e ".[{format_}]"' in said
    assert not (tmp_path / "out").exists()


def test_a_run_that_scales_by_a_persons_clips_is_refused(model):
    config = model.config.copy_and_resolve_references()
    with config.unlocked():
        config.data.normalisation = "subject"
    odd = type(model)(model.about, config, model.program, model.members, dense=False)
    with pytest.raises(UserError, match="all clips of a person"):
        folder.refuse(odd)


@pytest.mark.slow
def test_a_network_that_must_know_how_many_clips_takes_one(ststnet, tmp_path):
    pytest.importorskip("flatbuffers", reason="the extra stablehlo")
    made = folder.write(load_model(ststnet), read_finished(ststnet), tmp_path / "out", "stablehlo")
    assert made.difference < 1e-6
    card = (tmp_path / "out" / "README.md").read_text()
    assert "B is 1: it is called once for each clip." in card
    assert "| in: flow_image_28 | B × 28 × 28 × 3 | float32 |" in card
    assert "out: flow" not in card and "out: landmarks" not in card


@pytest.mark.slow
def test_onnxruntime_says_what_the_run_says(model, kept_run, tmp_path):
    pytest.importorskip("jax2onnx", reason="the extra onnx")
    made = folder.write(model, read_finished(kept_run), tmp_path / "onnx", "onnx")
    assert made.difference < 1e-5
    clips = tiny.table(3, frames=4)
    found = onnx_file.call(made.path, {"frames": clips.frames})
    said = model.predict(clips)
    for name, value in found.items():
        np.testing.assert_allclose(value, getattr(said, name), rtol=1e-5, atol=1e-5)
