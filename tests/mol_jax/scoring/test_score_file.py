"""A file is read by what it is, and only what was asked for is scored."""

import dataclasses

import pytest

from mol_jax.errors import UserError
from mol_jax.protocol.folds import NOT_INDEPENDENT
from mol_jax.scoring import megc_log
from mol_jax.scoring import predictions as rows_module
from mol_jax.scoring.pages.cautions import independence
from mol_jax.scoring.score_file import about, cautions, contents, labels, notes, reading, score
from mol_jax.scoring.trial_tables import BEST
from tests.mol_jax import published_log


@pytest.fixture
def log(tmp_path):
    """The published log of SAMM's part."""
    megc_log.write(tmp_path / "log.txt", published_log.rows("samm"))
    return str(tmp_path / "log.txt")


@pytest.fixture
def sweep(tmp_path):
    """Two trials of two seeds; trial 1 is right more often, and seed 8 of it always."""
    guesses = {(0, 7): "xyyy", (0, 8): "yyyy", (1, 7): "xxxy", (1, 8): "xyxy"}
    lines = [
        f"s{i},c{i},{trial},{seed},{'xy'[i % 2]},{guess}\n"
        for (trial, seed), letters in guesses.items()
        for i, guess in enumerate(letters)
    ]
    path = tmp_path / "sweep" / "predictions.csv"
    path.parent.mkdir()
    path.write_text("subject,clip,trial,seed,true,pred\n" + "".join(lines))
    return str(path)


def test_a_log_and_a_csv_are_told_apart(log, sweep):
    assert score(log).result["n_clips"] == 133
    assert score(sweep).result["n_clips"] == 4
    assert labels([score(log), score(sweep)]) == ["log", "sweep"]


def test_the_trial_at_the_top_is_scored_over_all_its_seeds(sweep):
    first, second = score(sweep), score(sweep, trial=1)
    assert (first.trial, first.seeds, first.several_trials) == (0, 2, True)
    assert first.result["pooled"]["acc"] == pytest.approx((0.75 + 0.5) / 2)
    assert second.result["pooled"]["acc"] == pytest.approx((0.75 + 1) / 2)
    assert "**These figures are of trial 1**" in about(second)


def test_a_seed_is_scored_alone(sweep):
    run = score(sweep, trial=1, seed=8)
    assert (run.result["pooled"]["acc"], run.seeds) == (1, 1)
    with pytest.raises(UserError, match=r"--seed is 3, but .* has no such seed: .* it has, 7, 8"):
        score(sweep, seed=3)


def test_what_has_to_stand_beside_the_scores(log, sweep):
    assert notes(score(log))[0].startswith("Task: samm/3class, 133 clips of 28 subjects")
    said = notes(score(sweep, trial=1))
    assert said[0].startswith("NO KNOWN TASK")
    assert said[1:] == ["Mean ± sd of 2 seeds.", f"Trial 1 of 2 {BEST}."]
    assert notes(score(sweep))[2] == "Trial 0 of 2."


@pytest.fixture
def uneven(tmp_path):
    """SMIC's clips, wrongly guessed, and one of them rightly by a second seed."""
    rows = [dataclasses.replace(row, pred="negative") for row in published_log.rows("smic")]
    rows.append(dataclasses.replace(rows[0], seed=1, pred=rows[0].true))
    rows_module.write_predictions(tmp_path / "uneven.csv", (), rows)
    return str(tmp_path / "uneven.csv")


def test_a_seed_of_a_few_clips_is_said_and_its_table_is_of_no_task(uneven):
    run = score(uneven)
    assert run.held.uneven == ((1, 163),)
    said = "SEEDS OF DIFFERENT CLIPS: seed 1 lacks 163 of 164 clips, so the mean over seeds is no"
    assert f" **{said}" in about(run)
    assert notes(run)[0].startswith(f"**{said}")
    found = contents(run, None)
    assert found["task"] is None
    assert found["note"].startswith(said)
    assert "subject_independent" not in found
    with pytest.raises(UserError, match="seed 1 lacks 163 of 164 clips"):
        score(uneven, task="smic/3class")
    assert score(uneven, task="smic/3class", seed=0).held.uneven == ()


@pytest.fixture
def dependent(tmp_path):
    """Two persons, one of whom is tested in two folds, under two spellings."""
    path = tmp_path / "dependent.csv"
    lines = "smic,s1,a,f0,x,x\nsmic,s01,b,f1,y,x\nsmic,s2,c,f2,x,y\n"
    path.write_text("dataset,subject,clip,fold,true,pred\n" + lines)
    return str(path)


def test_people_who_were_trained_on_are_said_beside_every_score(dependent, log):
    run = score(dependent)
    (said,) = independence(run.shown.rows)
    assert said.startswith(f"{NOT_INDEPENDENT}: 1 of the subjects (smic/s1) is tested in several")
    assert f" **{said}**" in about(run)
    assert notes(run)[0] == f"**{said}**"
    found = contents(run, None)
    assert (found["subject_independent"], found["note"]) == (False, said)
    assert independence(score(log).shown.rows) == cautions(score(log)) == []


def test_a_table_without_folds_is_independent_however_subjects_are_spelled(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("dataset,subject,true,pred\nsmic,s3,x,x\nsmic,s03,y,y\nsamm,6,x,x\n")
    assert independence(score(str(path)).shown.rows) == []


def test_one_of_each_is_not_many(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("subject,true,pred\ns1,x,x\n")
    assert about(score(str(path))) == "1 clip of 1 subject, 1 class, 1 fold, 1 seed."


def test_a_task_that_is_asked_for_must_be_there(log):
    assert score(log, task="samm/3class").held.n == 133
    with pytest.raises(UserError, match=r"log.txt is not samm/5class \(133 clips instead of 136"):
        score(log, task="samm/5class")


def test_fold_means_are_there_only_on_request(log):
    assert "non_standard_fold_means" not in contents(score(log), None)
    found = contents(score(log, by_folds=True), None)
    assert found["non_standard_fold_means"]["folds"] == 28
    assert found["task"] == "samm/3class"


def test_a_predicted_class_that_no_clip_has_is_said_in_bold(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("subject,true,pred\na,x,x\nb,x,undecided\nc,y,undecided\nd,y,x\n")
    said = "Predicted classes that no clip has: undecided (2)."
    assert cautions(score(str(path))) == [said] and f"**{said}**" in about(score(str(path)))
    path.write_text("subject,true,pred\na,x,x\nb,x,y\nc,y,x\nd,y,x\n")
    assert cautions(score(str(path))) == []


@pytest.mark.parametrize(("fold", "where"), [("", "of one person"), ("fold", "tested in one fold")])
def test_a_class_of_one_person_is_said_to_be_out_of_reach(tmp_path, fold, where):
    path = tmp_path / "p.csv"
    lines = ["a,rare,{}", "a,x,x", "b,x,y", "b,y,x", "c,y,y"]
    lines = [f"{line},{line[0]}" if fold else line for line in lines]
    for pred, ends in (("x", "and its recall is 0."), ("rare", "so what was trained on?")):
        text = "\n".join([f"subject,true,pred{',fold' if fold else ''}", *lines])
        path.write_text(text.format(pred))
        (said,) = reading(score(str(path)))
        assert said.startswith(f"All clips of rare in this table are {where} (a); if there are no")
        assert said.endswith(ends)
    path.write_text("subject,true,pred\na,x,x\na,y,y\n")  # one fold alone: nothing is known
    assert reading(score(str(path))) == []


def test_a_title_of_two_words_makes_no_log_of_a_table(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("My results\n\nsubject,true,pred\na,x,x\nb,y,x\n")
    said = reading(score(str(path)))
    assert "What stands above the header was left out: 1 line." in said
