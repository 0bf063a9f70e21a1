"""A file is read by what it is, and only what was asked for is scored."""

import pytest

from mol_jax import megc_log
from mol_jax.errors import UserError
from mol_jax.scored import about, contents, labels, notes, score
from mol_jax.trial_tables import BEST
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


def test_a_task_that_is_asked_for_must_be_there(log):
    assert score(log, task="samm/3class").held.n == 133
    with pytest.raises(UserError, match=r"log.txt is not samm/5class \(133 clips instead of 136"):
        score(log, task="samm/5class")


def test_fold_means_are_there_only_on_request(log):
    assert "non_standard_fold_means" not in contents(score(log), None)
    found = contents(score(log, by_folds=True), None)
    assert found["non_standard_fold_means"]["folds"] == 28
    assert found["task"] == "samm/3class"
