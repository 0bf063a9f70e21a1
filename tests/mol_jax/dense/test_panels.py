"""Figures 5 and 6: the same pairs in all runs, one scale, and faces of nobody who was not named."""

import csv
import json
import shutil

import cv2
import numpy as np
import pytest

from data_builders.records.gallery import MARKER
from mol_jax.dense import __main__ as program
from mol_jax.dense import figures, kept, panels
from mol_jax.scoring.dense_csv import read_dense, write_dense
from tests.mol_jax import tiny
from tests.mol_jax.dense import made
from tests.mol_jax.measured import COLUMNS
from tests.mol_jax.tiny import CLIPS

NAMES = ("full", "no_mer", "no_landmarks", "no_flow")
TWO = f"--clips={CLIPS[0]},{CLIPS[5]}"


@pytest.fixture
def drawn(monkeypatch):
    """What the two figures are drawn from; nothing is drawn."""
    calls = {}
    for name in ("draw_flow", "draw_landmarks"):
        monkeypatch.setattr(
            figures,
            name,
            lambda path, titles, rows, note, n=name: calls.update({n: (titles, rows)}),
        )
    return calls


def command(root, *arguments, runs=NAMES, out=None):
    folders = [str(root / name) for name in runs]
    return program.main(["figures", *folders, f"--out={out}", *arguments])


def titles(names):
    return [title.partition("\n")[0] for title in names]


def test_each_figure_has_the_runs_of_its_task_on_the_same_pairs(made_runs, tmp_path, drawn):
    assert command(made_runs, TWO, out=tmp_path) == 0
    names, rows = drawn["draw_flow"]
    assert titles(names) == ["ground truth", "full", "no_mer", "no_landmarks"]
    assert names[0] == "ground truth\n(TV-L1)" and names[3] == "no_landmarks\n(mer, flow)"
    assert [row.name for row in rows] == [CLIPS[0], CLIPS[5]]
    assert all(len(row.flows()) == 4 and row.pictures is None for row in rows)
    names, rows = drawn["draw_landmarks"]
    assert titles(names) == ["ground truth", "full", "no_mer", "no_flow"]
    assert all(of.landmarks is not None for row in rows for of in row.runs)


def test_the_pair_is_the_one_that_moves_most_unless_it_is_named(made_runs, tmp_path, drawn):
    held = kept.find(made_runs / "full", 0, 0, [tuple(CLIPS[0].split("/"))])[0]
    lengths = np.linalg.norm(held.true_flow.astype(float), axis=-1).mean((1, 2))
    command(made_runs, TWO, out=tmp_path / "fastest")
    assert drawn["draw_flow"][1][0].pair == lengths.argmax()
    command(made_runs, TWO, "--pair=1", out=tmp_path / "named")
    assert [row.pair for row in drawn["draw_flow"][1]] == [0, 0]
    assert "frames 1 → 2" in drawn["draw_flow"][1][0].label


def test_the_numbers_are_written_beside_the_pictures(made_runs, tmp_path, drawn):
    tables = []
    for pair in (1, 2, 3):
        out = tmp_path / str(pair)
        command(made_runs, f"--clips={CLIPS[5]}", f"--pair={pair}", out=out)
        with (out / "figures.csv").open() as file:
            tables.append({line["run"]: line for line in csv.DictReader(file)})
    lines = tables[1]
    assert list(lines) == ["ground truth", "zero flow", *NAMES]
    key = tuple(CLIPS[5].split("/"))
    held = kept.find(made_runs / "full", 0, 0, [key])[0]
    assert float(lines["full"]["residual"]) == pytest.approx(held.residual[1], rel=1e-5)
    assert float(lines["zero flow"]["residual"]) == pytest.approx(held.residual_zero[1], rel=1e-5)
    assert lines["no_flow"]["epe"] == lines["no_flow"]["residual"] == ""
    assert lines["no_landmarks"]["nme"] == ""
    for column in ("epe", "nme"):
        per_pair = [float(table["full"][column]) for table in tables]
        rows = [row for row in read_dense(made_runs / "full" / "dense.csv") if row.clip == key[2]]
        assert np.mean(per_pair) == pytest.approx(rows[0].values[column], rel=1e-4)


@pytest.mark.slow
def test_both_pictures_are_drawn_in_one_scale(made_runs, served, tmp_path, monkeypatch):
    scales, colours = [], figures.flow_colours
    monkeypatch.setattr(
        figures, "flow_colours", lambda flow, most: scales.append(most) or colours(flow, most)
    )
    for faces in ((), ("--faces",)):
        assert command(made_runs, TWO, *faces, out=tmp_path / str(len(faces))) == 0
    assert len(scales) == 2 * 2 * 4  # with and without faces, two clips, three runs and the target
    keys = [tuple(CLIPS[k].split("/")) for k in (0, 5)]
    held = kept.find(made_runs / "full", 0, 0, keys)
    shown = [of.true_flow[figures.fastest_pair(of)].astype(float) for of in held]
    fastest = [np.quantile(np.linalg.norm(flow, axis=-1), 0.99) for flow in shown]
    assert len(set(scales)) == 1 and scales[0] == pytest.approx(max(fastest), rel=1e-3)
    heights = []
    for folder in (tmp_path / "0", tmp_path / "1"):
        files = sorted(path.name for path in folder.iterdir())
        both = [
            f"{name}.{kind}"
            for name in ("figure5_flow", "figure6_landmarks")
            for kind in ("png", "svg")
        ]
        assert files == [*both, "figures.csv"]
        heights.append(cv2.imread(str(folder / "figure5_flow.png")).shape[0])
    assert heights[1] > 1.5 * heights[0] > 300  # with faces the residuals are shown too


def test_a_figure_without_a_run_is_left_out(made_runs, tmp_path, drawn):
    assert command(made_runs, TWO, runs=("no_flow",), out=tmp_path) == 0
    assert list(drawn) == ["draw_landmarks"]


@pytest.fixture
def real(tmp_path, dataset):
    """The folder of a run on people."""
    return made.make(tmp_path / "real", dataset, generated=False).parent


def test_faces_are_shown_of_those_only_who_may_be(real, served, tmp_path, drawn, capsys):
    def draw(*arguments, out="out"):
        drawn.clear()
        code = command(real, TWO, *arguments, runs=("real",), out=tmp_path / out)
        return code, capsys.readouterr().err

    assert draw(out="points") == (0, "") and drawn["draw_flow"][1][0].pictures is None
    assert not (tmp_path / "points" / MARKER).exists()
    for arguments, sentence in (
        (["--faces"], "--faces needs --subjects"),
        (["--subjects=sub0,sub1"], "give --faces too, or neither"),
        (["--faces", "--subjects=sub0"], "does not allow faces of 'sub1'"),
        (["--faces", "--subjects=sub0,sub1,sub7"], "names 'sub7', whom this run has not tested"),
    ):
        code, said = draw(*arguments)
        assert code == 2 and sentence in said and not drawn
    assert not (tmp_path / "out" / MARKER).exists()
    assert draw("--faces", "--subjects=sub0,sub1") == (0, "")
    assert (tmp_path / "out" / MARKER).exists()
    rows = drawn["draw_flow"][1]
    for row, index in zip(rows, (0, 5), strict=True):
        expected = served.table.frames[index, row.pair : row.pair + 2]
        np.testing.assert_array_equal(row.pictures, expected)


def test_faces_stay_out_of_the_folders_of_runs(made_runs, served, drawn, capsys):
    out = made_runs / "full" / "figures"
    assert command(made_runs, TWO, "--faces", out=out) == 2
    assert "a run's folder, whose files are made to be shared" in capsys.readouterr().err
    assert not out.exists() and not drawn


def test_what_does_not_fit_is_one_sentence(made_runs, dataset, tmp_path, drawn, capsys):
    for name in ("rest", "stale", "damaged"):
        shutil.copytree(made_runs / "full", tmp_path / name)
    made.make(tmp_path / "noisy", tiny.dataset(frames=4), noise=1.0)
    shutil.rmtree(tmp_path / "stale" / "kept")
    shutil.copytree(tmp_path / "noisy" / "kept", tmp_path / "stale" / "kept")
    (tmp_path / "rest" / f"kept/trial0/seed0/{CLIPS[5]}.npz").unlink()
    (tmp_path / "damaged" / f"kept/trial0/seed0/{CLIPS[0]}.npz").write_bytes(b"PK")
    other = tiny.dataset(frames=4)
    other.table.flow[0] += 1
    made.make(tmp_path / "other", other)
    made.make(tmp_path / "short", tiny.dataset(frames=2))
    (tmp_path / "a").mkdir()
    shutil.copytree(made_runs / "full", tmp_path / "a" / "full")
    run = str(made_runs / "full")
    for folders, arguments, sentence in (
        ([run, "rest"], [TWO], f"rest kept no prediction of {CLIPS[5]} (trial 0, seed 0); run its"),
        ([run, "stale"], [TWO], "kept another prediction of tiny/sub0/clip0 than dense.csv has"),
        ([run, "damaged"], [TWO], "clip0.npz cannot be read"),
        ([run, "other"], [TWO], "have other frames or targets of tiny/sub0/clip0"),
        ([run, "short"], [TWO], "have other frames or targets"),
        ([run, "a/full"], [TWO], "two runs are in folders named 'full'"),
        ([run, run], [TWO], "two runs are in folders named 'full'"),
        ([run, "nowhere"], [TWO], "could not be read"),
        ([run, str(made_runs / "neither")], [TWO], "trained neither flow nor landmarks"),
        ([run], ["--clips="], "names 0 clips"),
        ([run], [f"--clips={CLIPS[0]},{CLIPS[0]}"], "names 2 clips, 1 of them different"),
        ([run], [f"--clips={','.join(CLIPS)}"], "give 1 to 8"),
        ([run], ["--clips=sub0/clip0"], "name each as dataset/subject/clip"),
        (
            [run],
            ["--clips=tiny/sub0/clip99"],
            "video 'tiny/sub0/clip99' among the 12 it has scored: did you mean 'tiny/sub",
        ),
        ([run], [TWO, "--pair=4"], "these clips have pairs 1 to 3"),
        ([run], [TWO, "--pair=0"], "these clips have pairs 1 to 3"),
        ([run], [TWO, "--pair=x"], "invalid int value"),
        ([run], [], "--clips"),
    ):
        given = [str(tmp_path / name) for name in folders]
        assert program.main(["figures", *given, *arguments, f"--out={tmp_path / 'out'}"]) == 2
        said = capsys.readouterr().err
        assert sentence in said and said.count("\n") == 1, said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("folds", "seeds", "sentence"),
    [
        (
            "failed_folds",
            (0, 1),
            "tiny/sub0/clip0 to show: sub0, trial 0, seed 0, diverged, and the first trial and "
            "seed are the ones that are shown; leave out the clip or this run.",
        ),
        ("missing_folds", (0, 1), "seed 0, is not trained yet, and the first trial and seed are"),
        ("failed_folds", (0,), "8 it has scored (sub0, trial 0, seed 0 diverged and scored none)"),
    ],
)
def test_a_first_seed_that_diverged_is_named(
    dataset, tmp_path, drawn, capsys, folds, seeds, sentence
):
    folder = made.make(tmp_path / "run", dataset, seeds=seeds)
    lost = [{"fold": "sub0", "trial": 0, "seed": 0}]
    lost += [{"fold": "sub1", "trial": 0, "seed": seed} for seed in seeds[1:]]  # is not shown
    rows = read_dense(folder / "dense.csv")
    write_dense(folder / "dense.csv", COLUMNS, [r for r in rows if (r.fold, r.seed) != ("sub0", 0)])
    shutil.rmtree(folder / "kept/trial0/seed0/tiny/sub0")
    metrics = json.loads((folder / "metrics.json").read_text())
    (folder / "metrics.json").write_text(json.dumps(metrics | {folds: lost}))
    assert command(tmp_path, f"--clips={CLIPS[0]}", runs=("run",), out=tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert sentence in said and "--mode=eval" not in said and said.count("\n") == 1
    other = f"--clips={CLIPS[5]}"  # of another fold, which did not
    assert command(tmp_path, other, runs=("run",), out=tmp_path / "out") == 0 and drawn


def test_the_stored_numbers_name_the_frames(made_runs):
    held = kept.find(made_runs / "full", 0, 0, [tuple(CLIPS[5].split("/"))])[0]
    assert panels.Shown("x", 1, [held]).label == "x\nframes 52 → 53"
    assert json.loads((made_runs / "full" / "config.json").read_text())["dataset"]["generated"]
