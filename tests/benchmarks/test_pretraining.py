"""The table of what pre-training is worth, of runs that are finished already."""

import json
import shlex

import pytest

from benchmarks.pretraining import __main__ as pretraining
from mol_jax.weights.place import OF_RUN

CLASSES = ("a", "b")
PEOPLE = 6
SEEDS = "--config.seeds=(0,)"
OFF = ("--config.tasks.mer=False", "--config.tasks.landmarks=False")
IDENTITIES = "--config.pretrain.identities=7"


def made_by(folder, *fields):
    """Writes by which command a run was made."""
    command = shlex.join(["python", "-m", "mol_jax.main", f"--workdir={folder}", *fields])
    (folder / "config.json").write_text(json.dumps({"command": command}), encoding="utf-8")


def finished(folder, right):
    """Writes what a run leaves: of each of six people two clips, of which `right` are right."""
    folder.mkdir(parents=True)
    made_by(folder, SEEDS, "--config.init.weights=/moved/since")
    lines = ["dataset,subject,clip,fold,trial,seed,true,pred,p_a,p_b"]
    for person in range(PEOPLE):
        for clip, true in enumerate(CLASSES):
            pred = true if person * 2 + clip < right else CLASSES[1 - clip]
            p = [f"{float(pred == name):g}" for name in CLASSES]
            lines.append(f"d,s{person},c{clip},s{person},0,0,{true},{pred},{','.join(p)}")
    (folder / "predictions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    scores = {"uf1": right / 12, "ci95": {"uf1": [0.0, 1.0]}}
    dense = ["dataset,subject,clip,fold,trial,seed,pairs,frames,epe,nme"]
    for person in range(PEOPLE):
        for clip in range(2):
            errors = f"{right / 60 + person / 100:g},{3 - right / 12:g}"
            dense.append(f"d,s{person},c{clip},s{person},0,0,1,1,{errors}")
    (folder / "dense.csv").write_text("\n".join(dense) + "\n", encoding="utf-8")
    metrics = {
        "pooled": scores,
        "ci95": scores["ci95"],
        "baselines": {"flow_svm": {"uf1": 0.9, "ci95": {"uf1": [0.8, 1.0]}}, "majority": scores},
        "flow": {"epe": 0.2, "epe_zero": 0.25},
        "landmarks": {"nme": 3.0, "nme_mean_face": 4.0},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")


@pytest.fixture
def place(tmp_path, monkeypatch):
    finished(tmp_path / "clips" / "nothing", 6)
    finished(tmp_path / "clips" / "7_identities", 12)
    (tmp_path / "pretrained_7").mkdir()
    made_by(tmp_path / "pretrained_7", IDENTITIES)
    (tmp_path / "pretrained_7" / "metrics.json").touch()
    (tmp_path / "pretrained_7" / "validation.csv").write_text("step,epe\n1,0.5\n2,0.4\n")
    called = []
    monkeypatch.setattr(pretraining, "_call", lambda *words: called.append(words))
    return tmp_path, called


def test_finished_runs_are_compared_and_not_made_again(place, capsys):
    folder, called = place
    words = ["--workdir", str(folder), "--identities", "7", "--seeds", "1", "--studies", "clips"]
    assert pretraining.main(words) == 0 and not called
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line for line in lines if line.startswith("| 7 identities")]
    assert "| 100.00 [0.0, 100.0] | +50.00 [" in row and "p = " in row
    apart = row.split("|")[-4:-1]
    assert apart == [
        " +0.100 [+0.100, +0.100] ",
        " 2.00 ",
        " -0.50 [-0.50, -0.50] ",
    ]
    assert any(line.startswith("| linear SVM on the flow | 90.00 [80.0, 100.0]") for line in lines)
    assert "| 7 | 2 | 0.4 |" in lines


def test_a_pre_training_that_was_stopped_goes_on(place):
    folder, called = place
    (folder / "pretrained_7" / "metrics.json").rename(folder / "pretrained_7" / OF_RUN)
    words = ["--workdir", str(folder), "--identities", "7", "--seeds", "1", "--studies", "clips"]
    assert pretraining.main(words) == 0
    assert [module for module, *_ in called] == ["mol_jax.pretrain"]


def test_what_is_missing_is_made_with_the_weights(place):
    folder, called = place
    (folder / "clips" / "7_identities" / "metrics.json").unlink()
    words = ["--workdir", str(folder), "--identities", "7", "--seeds", "1", "--studies", "clips"]
    assert pretraining.main(words) == 2  # nothing was made in truth
    ((module, *flags),) = called
    assert module == "mol_jax.main"
    assert f"--config.init.weights={folder / 'pretrained_7'}" in flags
    assert "--config.seeds=(0,)" in flags


@pytest.mark.parametrize(
    ("more", "place_of", "words"),
    [
        (
            ["--tasks", "flow"],
            "pretrained_7",
            "made without --config.pretrain.measure=epe --config",
        ),
        (["--set", "train.steps=3"], "pretrained_7", "made without --config.train.steps=3:"),
        (
            ["--seeds", "2"],
            "clips/nothing",
            f"made with {SEEDS}, made without --config.seeds=(0, 1)",
        ),
    ],
)
def test_what_was_made_otherwise_is_refused_and_not_compared(place, capsys, more, place_of, words):
    folder, called = place
    flags = ["--workdir", str(folder), "--identities", "7", "--seeds", "1", "--studies", "clips"]
    assert pretraining.main([*flags, *more]) == 2 and not called
    said = capsys.readouterr().err
    assert (
        f"{folder / place_of} is finished and was {words}" in said and "another --workdir" in said
    )


def test_a_task_alone_is_trained_before_and_after_and_needs_no_score(place, capsys):
    folder, called = place
    run = folder / "clips" / "7_identities"
    metrics = json.loads((run / "metrics.json").read_text()) | {"pooled": None, "landmarks": None}
    (run / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    dense = (run / "dense.csv").read_text().splitlines()
    (run / "dense.csv").write_text("\n".join(line.rpartition(",")[0] for line in dense) + "\n")
    words = ["--workdir", str(folder), "--identities", "7", "--seeds", "1", "--studies", "clips"]
    for start in ("nothing", "7_identities"):
        made_by(folder / "clips" / start, SEEDS, *OFF)
    made_by(folder / "pretrained_7", IDENTITIES, *OFF, "--config.pretrain.measure=epe")
    assert pretraining.main([*words, "--tasks", "flow"]) == 0 and not called
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line for line in lines if line.startswith("| 7 identities")]
    assert row.split("|")[2:6] == [" – ", "  ", " 0.225 ", " +0.100 [+0.100, +0.100] "]
    assert row.split("|")[6:8] == [" – ", "  "]
    (folder / "pretrained_7" / "metrics.json").unlink()
    (run / "metrics.json").unlink()
    assert pretraining.main([*words, "--tasks", "flow"]) == 2
    (_, *before), (_, *after) = called
    assert {*OFF} <= {*before} and {*OFF} <= {*after} and "--config.pretrain.measure=epe" in before
