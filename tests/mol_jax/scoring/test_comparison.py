"""Two tables are compared on the same clips of the same people, or not at all."""

import dataclasses

import pytest

from mol_jax.errors import UserError
from mol_jax.scoring.comparison import compare, compare_trials, sentence
from mol_jax.scoring.megc_log import CLASSES, write
from mol_jax.scoring.predictions import Predictions, write_predictions
from mol_jax.scoring.score_file import score
from tests.mol_jax import published_log


def table(rows):
    return Predictions(CLASSES, tuple(rows))


ROWS = published_log.rows("samm")
PERFECT = [dataclasses.replace(row, pred=row.true) for row in ROWS]


def test_a_better_table_is_better_in_either_order_of_its_lines():
    test = compare_trials(table(PERFECT[::-1]), table(ROWS), "b.csv")
    assert test["difference"] == pytest.approx(1 - 0.6588, abs=5e-5)
    assert test["p"] < 0.01
    assert sentence(test).startswith("Against b.csv: UF1 differs by +34.1")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows[1:], "holds other clips or labels .1 differ, first clip 006_neg_0"),
        (
            lambda rows: [dataclasses.replace(rows[0], true="positive"), *rows[1:]],
            "2 differ, first clip 006_neg_0 of subject 006",
        ),
        (
            lambda rows: [dataclasses.replace(row, dataset="other") for row in rows],
            "holds other clips or labels .266 differ",
        ),
        (
            lambda rows: [dataclasses.replace(row, person="one") for row in rows],
            "names other people behind the same subjects",
        ),
        (
            lambda rows: [*rows, *(dataclasses.replace(row, seed=1) for row in rows)],
            "has 2 seeds and 266 predictions, expected 1 and 133",
        ),
    ],
)
def test_different_things_are_not_compared(change, says):
    with pytest.raises(UserError, match=rf"b.csv .*{says}"):
        compare_trials(table(ROWS), table(change(ROWS)), "b.csv")


def test_seeds_are_compared_on_the_same_clips_seed_by_seed():
    again = [dataclasses.replace(row, seed=1) for row in ROWS]
    ours, theirs = [*ROWS, *again[:9]], [*ROWS[:9], *again]
    with pytest.raises(UserError, match=r"seed 0 of b.csv holds other clips than seed 0 .*124 dif"):
        compare_trials(table(ours), table(theirs), "b.csv")
    later = [dataclasses.replace(row, seed=row.seed + 5) for row in ours]
    assert compare_trials(table(ours), table(later), "b.csv")["difference"] == 0


def test_the_seed_that_is_scored_is_taken_of_the_other_table_too(tmp_path):
    def seeds(name, numbers):
        pairs = zip(numbers, (ROWS, PERFECT), strict=False)
        rows = [dataclasses.replace(row, seed=seed) for seed, of in pairs for row in of]
        write_predictions(tmp_path / name, (), rows)
        return str(tmp_path / name)

    run = score(seeds("a.csv", (0, 1)), seed=0)
    two, one, others = seeds("b.csv", (1, 0)), seeds("c.csv", (7,)), seeds("d.csv", (3, 4))
    assert compare(run, two, None, seed=0)["difference"] == pytest.approx(0.6588 - 1, abs=5e-5)
    assert compare(run, one, None, seed=0)["difference"] == 0
    with pytest.raises(UserError, match=r"--seed is 0, but .*d.csv has no such seed: .* 3, 4"):
        compare(run, others, None, seed=0)


def test_a_file_is_not_compared_with_itself(tmp_path):
    path = tmp_path / "a.txt"
    write(path, ROWS)
    with pytest.raises(UserError, match="would be compared with itself"):
        compare(score(str(path)), str(path), None)
