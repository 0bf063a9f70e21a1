"""Points: the best of them, how long ago it was, and the file that a stopped run goes on from."""

import pytest

from mol_jax.errors import UserError
from mol_jax.pretraining.validation import Point, Points, read

NAMES = ("uf1", "epe")


def points(folder, rows, *, measure="uf1", sign=1):
    made = Points(folder, NAMES, measure=measure, sign=sign)
    bests = [made.add(Point(10 * k, dict(zip(NAMES, row, strict=True)))) for k, row in rows]
    return made, bests


ROWS = [(1, (0.3, 0.5)), (2, (0.6, 0.4)), (3, (0.6, 0.3)), (4, (None, 0.35))]


def test_the_best_is_the_first_of_equals_and_an_error_is_best_where_it_is_least(tmp_path):
    made, bests = points(tmp_path, ROWS)
    assert bests == [True, True, False, False]
    assert made.best.step == 20 and made.since_best() == 2
    made, bests = points(tmp_path, ROWS, measure="epe", sign=-1)
    assert bests == [True, True, True, False]
    assert made.best.step == 30 and made.since_best() == 1


def test_a_step_that_is_not_a_number_is_never_the_best(tmp_path):
    made, bests = points(tmp_path, [(1, (float("nan"), 1.0)), (2, (0.1, 1.0))])
    assert bests == [False, True] and made.best.step == 20


def test_the_file_brings_back_what_was_and_drops_what_came_after(tmp_path):
    made, _ = points(tmp_path, ROWS)
    made.save()
    again = Points(tmp_path, NAMES, measure="uf1", sign=1)
    assert again.rows == made.rows and again.rows[3].figures["uf1"] is None
    again.start(20)
    assert [row.step for row in again.rows] == [10, 20] and again.since_best() == 0


def test_a_file_of_other_columns_is_refused(tmp_path):
    (tmp_path / "validation.csv").write_text("step,uf1\n10,0.5\n")
    with pytest.raises(UserError, match="no column epe"):
        read(tmp_path / "validation.csv", NAMES)
