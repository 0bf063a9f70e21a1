"""Others' flow and landmarks beside a run: its own predictions score as it did, to the digit."""

import dataclasses
import shutil

import numpy as np
import pytest

from mol_jax.dense import __main__ as program
from mol_jax.dense import flo, scoring, videos
from mol_jax.errors import UserError
from mol_jax.networks.mol import measures
from mol_jax.reporting.finished_run import read_run
from mol_jax.scoring.dense_csv import read_dense
from tests.mol_jax.dense import made
from tests.mol_jax.dense.made import write_flows, write_landmarks
from tests.mol_jax.tiny import CLIPS


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_runs_own_predictions_score_as_in_its_dense_csv(kept_run, tmp_path):
    for seed, suffix in ((0, ".flo"), (1, ".npy")):
        flow = write_flows(tmp_path / f"flow{seed}", kept_run, CLIPS, seed=seed, suffix=suffix)
        landmarks = write_landmarks(tmp_path / f"{seed}.csv", kept_run, CLIPS, seed=seed)
        _, rows = scoring.page(kept_run, flow=flow, landmarks=landmarks, name="own")
        own = [row for row in read_dense(kept_run / "dense.csv") if row.seed == seed]
        rows = [row for row in rows if row.seed == seed]
        assert len(rows) == len(own) == 12
        for ours, theirs in zip(own, rows, strict=True):
            assert theirs.values["epe"] == pytest.approx(ours.values["epe"], rel=1e-5)
            assert theirs.values["nme"] == pytest.approx(ours.values["nme"], rel=1e-5)
            assert theirs.values["failures"] == ours.values["failures"]
            for name in ("epe_zero", "nme_mean_face"):
                assert theirs.values[name] == ours.values[name]


@pytest.mark.usefixtures("served")
def test_the_command_prints_theirs_beside_the_run_and_the_reference(
    made_runs, given, tmp_path, capsys
):
    flow, landmarks = given
    arguments = [f"--flow={flow}", f"--landmarks={landmarks}", "--name=RAFT", f"--out={tmp_path}"]
    assert program.main(["score", str(made_runs / "full"), *arguments]) == 0
    page = capsys.readouterr().out
    assert (tmp_path / "score.md").read_text() == page
    metrics = {row: scored(page, row) for row in ("RAFT", "this run", "zero flow", "mean face")}
    rows = read_dense(made_runs / "full" / "dense.csv")
    for kind, column in ((0, "epe"), (1, "nme")):
        expected = f"{np.mean([row.values[column] for row in rows]):.{3 - kind}f}"
        assert metrics["RAFT"][kind][0].split()[0] == expected
        assert metrics["this run"][kind][0] == metrics["RAFT"][kind][0]
        assert metrics["RAFT"][kind][1].startswith("+0.00")
    assert metrics["zero flow"][0][1].startswith("+0.8")  # 1.25 px of noise against 0.4
    assert metrics["mean face"][0][0].startswith("9.00 [9.00, 9.00]")
    assert "36 pairs of 12 held-out videos of 3 subjects, centre crops of 64 px" in page
    again = read_dense(tmp_path / "score.csv")
    for name in ("epe", "nme"):
        assert [(row.clip, row.values[name]) for row in again] == [
            (row.clip, pytest.approx(row.values[name])) for row in rows
        ]


def scored(page, name):
    """Returns the cells of a table's row after its name, of each table that has it."""
    lines = [line.strip("| ").split(" | ") for line in page.splitlines() if f"| {name} |" in line]
    return [line[1:] for line in lines]


@pytest.mark.usefixtures("served")
def test_worse_flow_scores_worse_and_by_how_much(made_runs, given, tmp_path):
    folder = shutil.copytree(given[0], tmp_path / "flow")
    for path in folder.rglob("*.flo"):
        flow = flo.read_flow(path, 64)
        flo.write_flo(path, flow + np.float32([30, 40]))  # 50 px off
    page, rows = scoring.page(made_runs / "full", flow=folder, landmarks=None, name="RAFT")
    own = read_dense(made_runs / "full" / "dense.csv")
    for theirs, ours in zip(rows, own, strict=True):
        assert theirs.values["epe"] == pytest.approx(50, rel=0.01)
        assert theirs.values["nme"] is None and theirs.values["failures"] is None
        assert ours.values["epe"] < 1
    assert scored(page, "RAFT")[0][1].startswith("+49.")
    assert "landmark" not in page.partition("\n\n")[2].partition("pairs of")[0]


def test_failures_are_frames_above_ten_percent(made_runs, served, dataset):
    run = read_run(made_runs / "full")
    tested = [videos.video(dataset, row, 64) for row in range(12)]
    points = [video.landmarks.copy() for video in tested]
    eyes = measures.interocular(tested[2].landmarks)
    points[2][0, :, 0] += 0.11 * float(eyes[0])
    points[2][1, :, 0] += 0.09 * float(eyes[1])
    rows = scoring.score(run.dense, tested, flows=None, landmarks=points)
    assert [row.values["failures"] for row in rows] == [0, 0, 1, *[0] * 9]
    assert rows[2].values["nme"] == pytest.approx(20 / 3, rel=1e-3)


@pytest.mark.usefixtures("served")
def test_a_run_or_a_command_that_does_not_fit_is_one_sentence(made_runs, given, tmp_path, capsys):
    flow, landmarks = (f"--flow={given[0]}", f"--landmarks={given[1]}")
    for arguments, sentence in (
        ([str(made_runs / "full")], "there is nothing to score"),
        ([str(made_runs / "no_flow"), flow], "trained no flow"),
        ([str(made_runs / "no_landmarks"), landmarks], "trained no landmarks"),
        ([str(tmp_path), flow], "config.json could not be read"),
        ([str(made_runs / "full"), f"--landmarks={tmp_path / 'no.csv'}"], "could not be read"),
        ([str(made_runs / "full"), f"--landmarks={given[0]}"], "could not be read"),
        ([str(made_runs / "full"), "--flows=x"], "unrecognized arguments"),
        ([str(made_runs / "full"), flow, "--name="], "--name is empty; give what the table calls"),
        ([str(made_runs / "full"), flow, "--name=  "], "--name is empty"),
        ([], "the following arguments are required: run"),
    ):
        assert program.main(["score", *arguments]) == 2
        assert sentence in capsys.readouterr().err


def test_another_build_of_the_data_is_refused(made_runs, given, monkeypatch, served):
    other = served.fingerprint | {"content_crc32": "11111111"}
    changed = dataclasses.replace(served, fingerprint=other)
    monkeypatch.setattr(videos.load, "load", lambda config, folder: changed)
    with pytest.raises(UserError, match="holds a run on other data"):
        scoring.page(made_runs / "full", flow=given[0], landmarks=None, name="RAFT")


def test_means_over_phases_have_no_pairs_to_score_on(dataset, tmp_path):
    phases = {"predict.phases": "all", "data.phases": 2}
    folder = made.make(tmp_path / "run", dataset, **phases)
    with pytest.raises(UserError, match="means over several samples"):
        videos.of_run(read_run(folder), folder)
