"""Runs combined: means of probabilities, weights learnt on held-in people alone, refusals."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mol_jax.score import main
from mol_jax.scoring import fusion, fusion_weights
from mol_jax.scoring.by_step import TEST, VALIDATION, Point, write_points
from mol_jax.scoring.predictions import Prediction, read_predictions, write_predictions

CLASSES = ("x", "y", "z")
PEOPLE = ("p0", "p1", "p2", "p3")
INNER = {"p0": ("p1", "p2"), "p1": ("p2", "p3"), "p2": ("p3", "p0"), "p3": ("p0", "p1")}


def row(who, clip, fold, right, *, seed=0, dataset="d"):
    """A clip whose true class is given `right`, and the next one most of the rest."""
    true = clip % 3
    probs = [0.1 * (1 - right)] * 3
    probs[true], probs[(true + 1) % 3] = right, 0.9 * (1 - right)
    pred = CLASSES[int(np.argmax(probs))]
    return Prediction(dataset, who, f"c{clip}", fold, 0, seed, CLASSES[true], pred, tuple(probs))


@pytest.fixture
def write(tmp_path):
    """Returns a function that writes a run and returns the path of its predictions.

    sure: what the true class is given on tested clips; held: on held-in ones, by fold. flip:
    whether rows and columns stand the other way round.
    """

    def write(name, sure=0.6, held=None, seeds=(0,), inner=INNER, flip=False, rename=None):
        folder = tmp_path / name
        rows = [
            row(who, clip, (rename or {}).get(who, who), sure - 0.03 * clip, seed=seed)
            for seed in seeds for who in PEOPLE for clip in range(6)
        ]  # fmt: skip
        classes = CLASSES
        if flip:
            classes = CLASSES[::-1]
            rows = [
                Prediction(r.dataset, r.subject, r.clip, r.fold, 0, r.seed, r.true, r.pred,
                           r.probs[::-1]) for r in rows[::-1]
            ]  # fmt: skip
        folder.mkdir(exist_ok=True)
        write_predictions(folder / "predictions.csv", classes, rows)
        points = [
            Point(10, VALIDATION, row(who, clip, fold, (held or {}).get(fold, 0.5), seed=seed))
            for seed in seeds for fold in PEOPLE for who in inner[fold] for clip in range(6)
        ]  # fmt: skip
        if held is not None:
            write_points(folder / "by_step.csv", CLASSES, points)
        return str(folder / "predictions.csv")

    return write


def test_probabilities_are_averaged_in_whatever_order_a_file_has_them(write, tmp_path, capsys):
    one, other = write("one", sure=0.95), write("other", sure=0.2, flip=True)
    out = tmp_path / "mean.csv"
    assert main([one, other, "--combine=equal", f"--combined={out}", "--format=json"]) == 0
    shown = json.loads(capsys.readouterr().out)["runs"]
    a, b = (read_predictions(path) for path in (one, other))
    wanted = {r.video: r.probs for r in a.rows}
    theirs = {r.video: r.probs[::-1] for r in b.rows}
    for r in read_predictions(out).rows:
        mean = np.mean([wanted[r.video], theirs[r.video]], axis=0)
        np.testing.assert_allclose(r.probs, mean, atol=1e-8)
        assert r.pred == CLASSES[int(np.argmax(mean))]
    assert [run["file"] for run in shown] == [one, other, "combined (equal)"]
    assert main([str(out), "--format=json"]) == 0
    assert json.loads(capsys.readouterr().out)["pooled"] == shown[2]["pooled"]
    assert shown[2]["pooled"] != shown[1]["pooled"]


def weights(paths):
    tables = [(path, read_predictions(path)) for path in paths]
    return fusion_weights.learn(fusion.members(tables)[1])[0]


def test_each_fold_is_weighed_by_its_own_held_in_people(write):
    good = {"p0": 0.9, "p1": 0.9, "p2": 0.4, "p3": 0.9}
    one, other = write("one", held=good), write("other", sure=0.5, held=dict.fromkeys(PEOPLE, 0.6))
    found = weights([one, other])
    assert min(found[0, fold][0] for fold in ("p0", "p1", "p3")) > 0.75
    assert found[0, "p2"][0] < 0.25
    assert all(sum(of) == pytest.approx(1) for of in found.values())
    classes, runs = fusion.members([(path, read_predictions(path)) for path in (one, other)])
    for r in fusion.fuse(classes, runs, found).rows:
        both = [run.rows[r.video, 0].probs for run in runs]
        np.testing.assert_allclose(r.probs, np.array(found[0, r.fold]) @ np.array(both), atol=1e-9)


def test_no_row_of_a_tested_person_has_a_part_in_the_weights(write, tmp_path):
    """Whatever is said of tested people moves nothing; what is said of a held-in one does."""
    paths = [write("one", held={}), write("other", sure=0.3, held={"p0": 0.8})]
    before = weights(paths)
    write("one", sure=0.2, held={})  # other predictions of the tested clips, and of no other
    tested = [Point(10, TEST, row(who, clip, who, 0.99)) for who in PEOPLE for clip in range(6)]
    points = fusion_weights.read_points(tmp_path / "one/by_step.csv")
    write_points(tmp_path / "one/by_step.csv", CLASSES, [*points, *tested])
    assert weights(paths) == before
    write("one", held={"p0": 0.51})
    after = weights(paths)
    assert {of for of in before if before[of] != after[of]} == {(0, "p0")}


def test_the_weights_are_the_most_probable_ones():
    right = np.random.default_rng(0).uniform(0.05, 0.9, (2, 30))
    grid = np.linspace(0.001, 0.999, 999)
    value = [
        np.log(w * right[0] + (1 - w) * right[1]).sum() + fusion_weights.PRIOR * np.log(w * (1 - w))
        for w in grid
    ]
    found = fusion_weights.most_probable(right)
    assert found[0] == pytest.approx(grid[np.argmax(value)], abs=1e-3)
    np.testing.assert_allclose(fusion_weights.most_probable(right[::-1]), found[::-1], atol=1e-5)
    assert fusion_weights.most_probable(right[[0, 0]]) == pytest.approx([0.5, 0.5])


def test_inner_says_what_the_weights_were_made_of(write, capsys):
    one, other = write("one", held={}), write("other", sure=0.3, held=dict.fromkeys(PEOPLE, 0.8))
    assert main([one, other, "--combine=inner"]) == 0
    text = capsys.readouterr().out
    assert "| combined (inner) ¹ |" in text
    assert (
        "learnt for each fold and seed on the people held in there (12 clips in the mean)" in text
    )
    assert "Mean weights: one 0." in text and "must not be chosen by these scores" in text


def broken(old, new):
    """Returns a function that changes the second run's predictions."""

    def change(path):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return change


def drop_last(path):
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")


def drop_probabilities(path):
    lines = [line.split(",")[:8] for line in path.read_text().splitlines()]
    path.write_text("\n".join(",".join(line) for line in lines) + "\n")


def drop_clips(path):
    lines = [line.split(",") for line in path.read_text().splitlines()]
    path.write_text("\n".join(",".join(line[:2] + line[3:]) for line in lines) + "\n")


def another_trial(path):
    lines = path.read_text().splitlines()
    more = [line.replace(",0,0,", ",1,0,", 1) for line in lines[1:]]
    path.write_text("\n".join([*lines, *more]) + "\n")


def another_class(path):
    path.write_text(path.read_text().replace("z", "w"))


REFUSED = [
    ("equal", drop_last, {}, "lacks 1 prediction of"),
    ("equal", broken("d,p0,c0,p0,0,0,x,", "d,p0,c0,p0,0,0,y,"), {}, "as y, "),
    ("equal", broken("d,p0,c0,p0,", "d,p0,c0,p1,"), {}, "takes runs of the same folds"),
    ("equal", drop_probabilities, {}, "has no probabilities (columns p_<class>)"),
    ("equal", drop_clips, {}, "has no column clip"),
    ("equal", another_trial, {}, "has 2 trials: choose one of each file with --trial"),
    ("equal", another_class, {}, "has the classes x, y, w, "),
    ("equal", None, {"seeds": (0, 1)}, "has the seeds 0, 1, "),
    ("equal", None, {"sure": 0.6}, "has the very probabilities of"),
    ("equal", broken("d,p0,c1,", "d,p0,c0,"), {}, "second time"),
    ("inner", None, {}, "by_step.csv is not there, so nobody held in is known"),
    ("inner", None, {"held": {}, "inner": INNER | {"p0": ("p1", "p3")}}, "held in other people"),
    ("inner", None, {"held": {}, "inner": INNER | {"p0": ("p0", "p1")}}, "who is tested there"),
    ("inner", None, {"held": {}, "inner": INNER | {"p3": ()}}, "no held-in people of the fold"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "change", "changes", "said"), REFUSED)
def test_what_cannot_be_combined_is_refused(write, tmp_path, capsys, rule, change, changes, said):
    one = write("one", held={} if rule == "inner" else None)
    other = write("other", **{"sure": 0.3} | changes)
    if change:
        change(tmp_path / "other/predictions.csv")
    assert main([one, other, f"--combine={rule}"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1
    assert printed.err.startswith("error: ") and said in printed.err


def test_held_in_people_of_another_table_are_not_taken_for_those_of_one_beside_it(
    write, tmp_path, capsys
):
    """As of the SVM's flow_svm.csv, which stands beside the by_step.csv of a run."""
    one, svm = write("one", held={}), tmp_path / "one/flow_svm.csv"
    shutil.copy(write("other", sure=0.3), svm)
    assert main([one, str(svm), "--combine=equal"]) == 0
    assert main([one, str(svm), "--combine=inner"]) == 2
    assert "flow_svm.csv is not called predictions.csv" in capsys.readouterr().err


def test_folds_may_have_other_names(write, capsys):
    one, other = write("one"), write("other", sure=0.3, rename={"p0": "fold 7"})
    assert main([one, other, "--combine=equal"]) == 0


FLAGS = [
    (["one", "--combine=equal"], "--combine takes two files or more, got 1"),
    (["one", "one", "--combine=equal"], "is given twice"),
    (["one", "other", "--combine=best"], "invalid choice"),
    (["one", "other", "--combined=x.csv"], "give both, or leave it out"),
    (["one", "other", "--combine=equal", "--combined="], "give both, or leave it out"),
    (["one", "other", "--combine=equal", "--compare=one"], "--compare takes one file"),
    (["--tasks", "--combine=equal"], "--tasks takes no --combine"),
]


@pytest.mark.parametrize(("arguments", "said"), FLAGS)
def test_flags_that_do_not_go_together(write, capsys, arguments, said):
    paths = {name: write(name, sure) for name, sure in (("one", 0.6), ("other", 0.3))}
    assert main([paths.get(argument, argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and printed.err.count("\n") == 1


def test_nothing_is_overwritten(write, tmp_path, capsys):
    one, other = write("one"), write("other", 0.3)
    assert main([one, other, "--combine=equal", f"--combined={other}"]) == 2
    assert "would overwrite" in capsys.readouterr().err
    there = tmp_path / "notes.txt"
    there.write_text("kept")
    assert main([one, other, "--combine=equal", f"--combined={there}"]) == 2
    said = f"--combined is {there}, which is there already: name another file\n"
    assert said in capsys.readouterr().err and there.read_text() == "kept"
    assert read_predictions(other).rows[0].probs == pytest.approx((0.3, 0.63, 0.07))


def with_person(path, **persons):
    """Adds a column that names the human of each subject, and returns the path."""
    header, *lines = Path(path).read_text().splitlines()
    lines = [f"{line},{persons.get(line.split(',')[1], '')}" for line in lines]
    Path(path).write_text("\n".join([f"{header},person", *lines]) + "\n")
    return path


def test_people_whom_a_table_names_stay_named(write, tmp_path, capsys):
    """p0 and p1 are one human, by the second table alone."""
    same = {"p0": "ann", "p1": "ann", "p2": "p2", "p3": "p3"}
    one, other = write("one"), with_person(write("other", 0.3), **same)
    out = tmp_path / "mean.csv"
    assert main([one, other, "--combine=equal", f"--combined={out}"]) == 0
    assert "or on as many of other people by their column person" in capsys.readouterr().out
    assert {r.subject: r.person for r in read_predictions(out).rows} == same
    assert main([str(out), "--format=json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_subjects"] == 3
    clash = with_person(write("clash", 0.4), **{**same, "p1": "eve"})
    for tables in ([clash, other], [one, clash, other]):
        assert main([*tables, "--combine=equal"]) == 2
        said = f"{other} has d/p1/c0 of person ann, {clash} of eve: --combine takes runs of the"
        assert said in capsys.readouterr().err
