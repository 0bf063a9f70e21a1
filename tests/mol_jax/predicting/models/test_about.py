"""What is said of the run that predicts: its score, the floor, and whose faces it saw."""

import dataclasses
import json

import pytest

from mol_jax.predicting.models import about, calibration
from mol_jax.reporting.finished_run import read_run
from tests.mol_jax.fake_run import make_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture
def run(folder):
    return read_run(folder)


def with_metrics(run, **changes):
    return dataclasses.replace(run, metrics=run.metrics | changes)


def test_the_score_stands_with_its_interval_the_floor_and_chance(run, folder):
    said = about.score(run, folder)
    uf1, ci95 = run.metrics["pooled"]["uf1"], run.metrics["ci95"]["uf1"]
    assert said.startswith(f"UF1 {100 * uf1:.2f} [{100 * ci95[0]:.1f}, {100 * ci95[1]:.1f}] % over")
    svm = run.metrics["baselines"]["flow_svm"]["uf1"]
    assert f"a linear SVM on optical flow reaches {100 * svm:.2f} [" in said
    random = run.metrics["baselines"]["random"]["uf1"]
    assert f"random guesses reach {100 * random:.2f}" in said and "\n" not in said


def test_what_a_score_may_not_be_shown_without_is_there(run, folder):
    baselines = run.metrics["baselines"] | {"flow_svm": None}
    lacking = [{"fold": "sub01", "trial": 0, "seed": 0}]
    leaking = json.loads(json.dumps(run.metrics.get("audit") or AUDIT))
    leaking["scaled_by_subject"] = True
    odd = with_metrics(run, baselines=baselines, failed_folds=lacking, audit=leaking)
    said = about.score(odd, folder)
    assert "SVM on optical flow reaches is not known" in said
    assert "1 fold not scored" in said and "LEAK: pixels are scaled by each subject" in said
    assert "**" not in said


def test_a_score_of_a_run_of_other_steps_says_so(run, folder):
    held = json.loads(json.dumps(run.config))
    held["config"]["train"]["steps"] = 5
    other = dataclasses.replace(run, config=held)
    assert "on fewer people: " in about.score(run, folder, measured=(run, folder))
    said = about.score(run, folder, measured=(other, folder))
    steps = run.settings["train"]["steps"]
    assert f"on fewer people, for 5 steps and not {steps}: {folder} itself" in said


def test_people_that_were_seen_in_pretraining_calibrate_nothing(run):
    assert calibration.knows_nobody(with_metrics(run, audit=AUDIT))
    seen = AUDIT | {"seen_in_pretraining": {"count": 1, "shown": ["samm/006"]}}
    assert not calibration.knows_nobody(with_metrics(run, audit=seen))
    assert calibration.knows_nobody(with_metrics(run, audit=None))  # of before there was one


AUDIT = {
    "folds": 5,
    "clips_tested": 50,
    "subject_independent": True,
    "persons_on_both_sides": {"count": 0, "shown": []},
    "folds_with_such_persons": 0,
    "videos_on_both_sides": {"count": 0, "shown": []},
    "scaled_by_subject": False,
    "seen_in_pretraining": {"count": 0, "shown": []},
    "pretrained_on_persons": 0,
    "pretrained_on_generated": False,
    "fitted": False,
}


def test_only_drawn_faces_are_called_drawn(run):
    def drawn(**dataset):
        held = run.config | {"dataset": run.dataset | dataset}
        return about.saw_generated_only(dataclasses.replace(run, config=held))

    assert not drawn() and drawn(generated=True)
    parts = [{"name": "a", "built": {"generated": made}} for made in (True, False)]
    assert not drawn(generated=True, parts=parts), "some of its people are real"
    assert drawn(generated=True, parts=parts[:1])


def test_weights_that_have_seen_people_make_it_no_run_of_drawn_faces(run):
    card = {
        "network": "mol", "model": {}, "tasks": ["mer"], "crop": 64, "frames": 2, "steps": 1,
        "normalisation": "fixed", "classes": ["a"], "origin": {}, "people": ["samm/006"],
    }  # fmt: skip
    lists = {name: [] for name in ("loaded", "fresh", "left", "unlike")}
    record = {"trials": [0], "file": "w", "sha256": "0", "card": card, **lists}
    held = run.config | {"dataset": run.dataset | {"generated": True}, "weights": [record]}
    assert not about.saw_generated_only(dataclasses.replace(run, config=held))
    card["people"] = "nobody (generated)"
    assert about.saw_generated_only(dataclasses.replace(run, config=held))
