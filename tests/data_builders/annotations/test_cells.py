import datetime
from pathlib import Path

import pytest

from data_builders.annotations.cells import Row, Uncalculated
from mol_jax.errors import UserError


@pytest.mark.parametrize(
    ("cell", "text", "integer"),
    [
        ("006", "006", 6),
        (6, "6", 6),
        (6.0, "6", 6),
        (" 12 ", "12", 12),
        (12.5, "12.5", None),
        (255.99999999999997, "256", 256),
        ("256.0", "256.0", 256),
        (-1, "-1", None),
        ("/", "/", None),
        (None, "", None),
        ("", "", None),
        (float("nan"), "nan", None),
        (True, "True", None),
        (10**20, str(10**20), None),
        (datetime.datetime(2020, 1, 2), "2020-01-02 00:00:00", None),
        ("²", "²", None),
        ("a\nb\t\u3000c", "a b c", None),
        ("\u200bfe\u0301\u202ear\ufeff\x7f", "f\xe9ar", None),
        ("x" * 5000, "x" * 1000, None),
        (float("inf"), "inf", None),
        (-0.0, "0", 0),
    ],
)
def test_cells(cell, text, integer):
    row = Row(3, ("before", cell))
    assert (row.text(1), row.integer(1)) == (text, integer)


def test_a_row_shorter_than_the_sheet_has_empty_cells():
    assert Row(3, ("006",)).text(9) == "" and Row(3, ("006",)).integer(9) is None


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (datetime.datetime(1900, 9, 12), "B3 is the date 1900-09-12"),
        (datetime.date(2020, 1, 2), "B3 is the date 2020-01-02"),
        (datetime.time(1, 2), "B3 is the time 01:02:00"),
        (datetime.timedelta(hours=30), "B3 is the time 1 day, 6:00:00"),
        (True, "B3 is TRUE"),
        ("#ref!", "B3 is the error #REF!"),
        ("x", None),
        (12, None),
    ],
)
def test_cells_of_another_kind(cell, said):
    row = Row(3, ("before", cell))
    assert row.fault(1) == said
    expected = f"{said or f'B3 is {str(cell)!r}'}, expected a frame number"
    dated = said is not None and (" date " in said or " time " in said)
    assert row.no_number(1) == expected + (
        ": if it is one, give the column the format Number" * dated
    )


def test_nothing_is_absent():
    for cell in (None, "", "/", -1, "-1.0", "NaN", "N/A", "#N/A"):
        assert Row(1, (cell,)).is_absent(0)
    for cell in (0, "x", "#REF!", 12):
        assert not Row(1, (cell,)).is_absent(0)


def test_a_formula_without_a_value_is_refused_by_name():
    row = Row(7, ("x", Uncalculated(Path("a.xlsx"), "B7")))
    assert row.text(0) == "x" and row.head(1) == ""
    for read in (row.text, row.integer, row.fault, row.is_absent):
        with pytest.raises(UserError, match=r"a\.xlsx, cell B7 .* never calculated: open .* save"):
            read(1)
