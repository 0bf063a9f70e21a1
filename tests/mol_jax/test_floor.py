"""The SVM alone, as a command: its scores are those that a run leaves; bad flags are refused."""

import pytest

from mol_jax.data import generated
from mol_jax.floor import main
from mol_jax.scoring.predictions import read_predictions
from tests.mol_jax import runs, tiny

CONFIG = "--config=configs/synthetic.py"


@pytest.fixture
def dataset(monkeypatch):
    monkeypatch.setattr(generated, "ensure", lambda config, console: None)
    held = tiny.dataset()
    runs.serve(monkeypatch, held)
    return held


def answer(capsys, *arguments):
    code = main(["floor", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.usefixtures("dataset")
def test_it_prints_the_scores_that_a_run_writes(capsys, tmp_path, finished):
    code, text, _ = answer(capsys, CONFIG, f"--out={tmp_path / 'floor.csv'}")
    assert code == 0
    folder, metrics = finished
    assert (tmp_path / "floor.csv").read_bytes() == (folder / "flow_svm.csv").read_bytes()
    svm = metrics["baselines"]["flow_svm"]
    low, high = (100 * bound for bound in svm["ci95"]["uf1"])
    assert f"| UF1 | {100 * svm['uf1']:.2f} | [{low:.1f}, {high:.1f}] |" in text
    assert "| % | flow + SVM | 95 % interval | majority |" in text
    assert text.startswith("GENERATED CLIPS: synthetic 3class_naive: 12 clips of 3 subjects, leave")


@pytest.mark.usefixtures("dataset")
def test_the_folds_are_the_configs(capsys, tmp_path):
    out = tmp_path / "floor.csv"
    lovo = "--config.protocol.name=lovo"
    code, text, _ = answer(capsys, CONFIG, lovo, "--config.protocol.only=('sub0/clip1',)",
                           f"--out={out}")  # fmt: skip
    assert code == 0 and "NOT SUBJECT-INDEPENDENT, 1 folds of it" in text
    assert [row.clip for row in read_predictions(out).rows] == ["clip1"]


@pytest.mark.usefixtures("dataset")
def test_no_file_is_written_over(capsys, tmp_path):
    (tmp_path / "predictions.csv").write_text("precious")
    code, _, error = answer(capsys, CONFIG, f"--out={tmp_path / 'predictions.csv'}")
    assert code == 2 and "which is there already" in error
    assert (tmp_path / "predictions.csv").read_text() == "precious"


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no --config=FILE was given"),
        (("--config=nowhere.py",), "there is no config file"),
        ((CONFIG, "--workdir=x"), "Unknown command line flag 'workdir'"),
        ((CONFIG, "--mode=eval"), "Unknown command line flag 'mode'"),
        ((CONFIG, "--out="), "--out is empty"),
        ((CONFIG, "--out=/nowhere/x.csv"), "which is no file in a folder that is there"),
        ((CONFIG, "--config.tasks.mer=False"), "tasks.mer is off"),
        ((CONFIG, "--config.protocol.only=('sub9',)"), "did you mean"),
        ((CONFIG, "--config.data.vew=x"), "did you mean 'data.view'"),
        ((CONFIG, "more"), "unexpected argument"),
    ],
)
def test_bad_flags_are_one_sentence(capsys, arguments, words):
    code, out, err = answer(capsys, *arguments)
    assert (code, out) == (2, "") and words in err
    assert len(err.strip().splitlines()) == 1
