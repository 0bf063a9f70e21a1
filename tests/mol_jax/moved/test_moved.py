"""A trained run with key frames moved: whose weights predict what, its scores, what is said."""

import contextlib
import csv
import dataclasses
import io
import json
import shutil

import numpy as np
import pytest
from rich.console import Console

from data_builders.pixels import flow
from mol_jax import score
from mol_jax.data.apex_source import Apex
from mol_jax.data.disturbed import Disturbance
from mol_jax.data.flow_image import of_flow
from mol_jax.data.moved import Shift
from mol_jax.data.moved_table import moved_table
from mol_jax.moved import page
from mol_jax.moved.__main__ import main
from mol_jax.moved.cases import cases
from mol_jax.moved.predict import Moved, predict
from mol_jax.study.finished import finished
from mol_jax.study.recorded_trials import read_finished, recorded_trials
from tests.mol_jax.moved import built

pytestmark = pytest.mark.slow  # for the run that is trained

SHIFTS = "--shifts=0.3"  # of six frames: 1.8, shown by the second


def rows(folder, name="moved.csv", **chosen):
    with (folder / name).open() as file:
        return [
            row
            for row in csv.DictReader(file)
            if all(row[key] == value for key, value in chosen.items())
        ]


def probabilities(found):
    return np.array([[float(row[key]) for key in row if key.startswith("p_")] for row in found])


@pytest.fixture(scope="module")
def moved(ststnet, tmp_path_factory):
    """The run with its key frames moved, and what was printed."""
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as out:
        built.serve(patch)
        folder = shutil.copytree(ststnet, tmp_path_factory.mktemp("moved") / "run")
        assert main([f"--workdir={folder}", SHIFTS]) == 0
    return folder, out.getvalue()


def test_unmoved_the_weights_predict_what_the_run_predicted(moved):
    folder, text = moved
    before, found = rows(folder, "predictions.csv"), rows(folder, trial="0")
    assert len(found) == len(before) == 12
    assert [{key: row[key] for key in before[0]} for row in found] == before
    assert "Unmoved, the weights predict what predictions.csv has." in text


def test_moved_they_predict_something_else(moved):
    folder, text = moved
    before = probabilities(rows(folder, trial="0"))
    for case, shift in zip("123", [("0.3", "0"), ("0", "-0.3"), ("0", "0.3")], strict=True):
        found = rows(folder, trial=case)
        assert {(row["onset_shift"], row["apex_shift"]) for row in found} == {shift}
        assert (np.abs(probabilities(found) - before).max(1) > 1e-6).all()
    assert "The network saw" not in text


def test_the_frames_that_are_shown_are_in_the_table(moved):
    folder, _ = moved
    for case, offsets in zip("0123", [(1, 7), (3, 7), (1, 5), (1, 9)], strict=True):
        for row in rows(folder, trial=case):
            first = 100 * int(row["clip"][2:])
            assert (int(row["onset_frame"]) - first, int(row["apex_frame"]) - first) == offsets


def test_nothing_else_of_the_run_is_written_over(moved, ststnet):
    folder, _ = moved
    new = {"moved.csv", "moved.json", "moved.md", "figures/moved.png", "figures/moved.svg"}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if name in new:
            assert path.stat().st_size > 100
        else:
            assert path.read_bytes() == (ststnet / name).read_bytes(), name
    assert not any((ststnet / name).exists() for name in new)


def test_the_scores_are_those_of_the_score_command(moved, capsys):
    """Which reads moved.csv as anybody's table, each case a trial."""
    folder, _ = moved
    table, found = str(folder / "moved.csv"), json.loads((folder / "moved.json").read_text())
    assert [(one["onset_shift"], one["apex_shift"]) for one in found] == [
        (0, 0),
        (0.3, 0),
        (0, 0.3),
    ]
    ways = [found[0], found[1], found[2]["earlier"], found[2]["later"]]
    for case, one in enumerate(ways):
        compared = ["--compare", table, "--compare-trial=0"] if case else []
        assert score.main([table, f"--trial={case}", "--format=json", *compared]) == 0
        told = json.loads(capsys.readouterr().out)
        for key in ("uf1", "uar", "acc"):
            assert one[key] == told["pooled"][key]
            assert one["ci95"][key] == told["ci95"][key]
        test = {key: told["compare"][key] for key in ("difference", "ci95", "p")} if case else None
        assert one["against_unmoved"] == test


def test_both_ways_of_the_apex_are_one_mean(moved):
    folder, _ = moved
    unmoved, _, both = json.loads((folder / "moved.json").read_text())
    ways = both["earlier"], both["later"]
    for key in ("uf1", "uar", "acc"):
        assert both[key] == pytest.approx(sum(one[key] for one in ways) / 2)
    assert both["against_unmoved"]["difference"] == pytest.approx(both["uf1"] - unmoved["uf1"])
    assert (both["n_clips"], both["n_subjects"], both["generated_clips"]) == (6, 3, 6)
    for one in ways:
        assert (one["stayed"], one["short"], one["same"]) == (0, 0, 0)
        assert one["share"] == pytest.approx(2 / 6)


def test_the_page_says_what_moved_and_of_what_clips(moved):
    folder, text = moved
    page = (folder / "moved.md").read_text()
    assert page.startswith("# GENERATED DATA: synthetic 3class_naive")
    for said in ("mean of 2 seeds", "| unmoved |", "| onset 30 % later |", "| apex 30 % earlier |",
                 "| apex 30 % later |", "| apex 30 %, both ways |", "Nothing was trained again",
                 "FRL-DGT's paper does not say it"):  # fmt: skip
        assert said in page and said in text, said
    assert "![UF1 over how far key frames are moved](figures/moved.png)" in page
    assert "figures/moved.png" not in text and "| 33.33 | 0 | 0 |" in text


def opened(folder):
    """Returns a context of the study of a finished run."""
    read = read_finished(folder)
    trials = recorded_trials(read, folder)
    return trials, finished(trials, read, folder, console=Console(quiet=True))


def test_a_fold_is_predicted_from_its_own_rows_alone(moved, run, monkeypatch):
    """With the clips of all other people spoilt, to the same bits."""
    trials, held = opened(run)
    spoilt = [
        one if one["subject"] == "sub1" else one | {"frames": 255 - one["frames"][:, ::-1]}
        for one in built.records()
    ]
    with held as (study, place):
        built.serve(monkeypatch, spoilt)
        (found,) = predict(study, trials[0], place, cases([0.3])[1:2])
    after = np.array([row.probs for row in found.rows])
    own = np.array([row.fold == "sub1" for row in found.rows])
    before = probabilities(rows(moved[0], trial="1"))
    np.testing.assert_allclose(after[own], before[own], rtol=1e-8)
    assert np.abs(after - before)[~own].max() > 1e-3


def test_a_run_of_more_devices_than_are_here_takes_all(run):
    content = json.loads((run / "config.json").read_text())
    content["config"]["runtime"]["devices"] = 99
    (run / "config.json").write_text(json.dumps(content))
    trials, held = opened(run)
    with held as (study, _):
        assert trials[0].config.runtime.devices == 0
        assert study.engine(trials, trains=False).devices > 1


def test_a_moved_table_is_of_the_pair_that_is_shown(run):
    """The flow between those frames, up to the row's apex; with nothing moved, what was loaded."""
    trials, held = opened(run)
    with held as (study, place):
        config, dataset = trials[0].config, study.dataset
        same, _ = moved_table(config, place, dataset, Disturbance())
        taken = tuple(Apex(apex.number - 1, "spotted_flow") for apex in dataset.apexes)
        other = dataclasses.replace(dataset, apexes=taken)
        table, shown = moved_table(config, place, other, Disturbance(Shift(onset=0.5)))
    name = "flow_image_28"
    np.testing.assert_array_equal(same.inputs[name], dataset.table.inputs[name])
    for row, name_of in enumerate(dataset.names):
        record = next(one for one in built.records() if one["clip"] == name_of.clip)
        pair = flow.pair_flows(record["frames"][..., 0], np.array([2, 5]))[0]
        np.testing.assert_array_equal(table.inputs[name][row], of_flow(pair, side=28))
        assert shown[row][:2] == (record["onset"] + 2, record["apex"] - 1)


def test_what_does_not_move_for_the_network_is_said(moved):
    """Its figures would else look robust."""
    folder, _ = moved
    run, entries = read_finished(folder), json.loads((folder / "moved.json").read_text())
    videos = frozenset((row.dataset, row.subject, row.clip) for row in run.predictions.rows)
    assert len(videos) == 6
    same = (frozenset(), frozenset(), videos, frozenset(list(videos)[1:]))
    results = [Moved(*of) for of in zip(cases([0.3]), [()] * 4, [{}] * 4, same, strict=True)]
    text = "\n".join(page.parts(run, entries, results))
    assert "saw of every clip what it sees unmoved (apex 30 % earlier)**" in text
    assert "NOTE: unmoved, 0 of 0 predicted classes are not those" in text


def test_frl_dgt_is_predicted_as_it_was_and_otherwise(tmp_path, monkeypatch, capsys):
    built.serve(monkeypatch)
    built.train(tmp_path / "run", **built.FRL_DGT)
    assert main([f"--workdir={tmp_path / 'run'}", SHIFTS]) == 0
    assert "Unmoved, the weights predict what predictions.csv has." in capsys.readouterr().out
    before = probabilities(rows(tmp_path / "run", trial="0"))
    for case in "123":
        assert (probabilities(rows(tmp_path / "run", trial=case)) != before).any(1).all()
