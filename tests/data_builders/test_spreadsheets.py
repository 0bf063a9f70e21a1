"""What people and programs do to a coding workbook, in all its columns and for all its readers."""

import dataclasses
import datetime
import io
import itertools

import openpyxl
import pytest

from data_builders.casme2 import annotation as casme2
from data_builders.samm import annotation as samm
from data_builders.smic import long_clips
from mol_jax.errors import UserError
from tests.data_builders.test_fuzz_workbooks import make_case

HEADERS = {
    "casme2": tuple(casme2.HEADERS.values()),
    "samm": tuple(samm.HEADERS.values()),
    "smic_hs_e": long_clips.HEADERS[:5],
}
COLUMNS = [(name, head) for name, heads in HEADERS.items() for head in heads]
NUMBERS = [(name, head) for name, head in COLUMNS if head.startswith(("onset", "apex", "offset"))]
SPELLINGS = ("{}.0", " {}", "{} ", "{},0", "00{}", "{}.", "{:.18e}")


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return {n: make_case(n, tmp_path_factory.mktemp(n) / "source") for n in HEADERS}


class Book:
    """A workbook that may be edited, and what its reader then makes of it."""

    def __init__(self, case):
        self.case = case
        self.whole = case.outcome(case.whole)
        self.book = openpyxl.load_workbook(io.BytesIO(case.whole))
        self.sheet = self.book.active

    def column(self, head):
        """The cells below a header, as far as the table goes."""
        cells = (cell for row in self.sheet.iter_rows() for cell in row)
        top = next(cell for cell in cells if str(cell.value).lower() == head)
        below = self.sheet.iter_rows(top.row + 1, min_col=top.column, max_col=top.column)
        return [c for (c,) in itertools.takewhile(lambda row: row[0].value is not None, below)]

    def outcome(self):
        out = io.BytesIO()
        self.book.save(out)
        return self.case.outcome(out.getvalue())


@pytest.fixture
def book(cases, request):
    name, head = request.param
    made = Book(cases[name])
    return made, made.column(head)


@pytest.mark.parametrize("book", COLUMNS, indirect=True)
def test_a_merged_cell_holds_for_all_its_rows(book):
    """Two clips of like numbers are as they were when a cell of theirs is merged."""
    made, (first, second, *_) = book
    for cell, above in zip(made.sheet[second.row], made.sheet[first.row], strict=True):
        if cell is second or not isinstance(above.value, str):
            cell.value = above.value
    alike = made.outcome()
    second.value = None
    empty = made.outcome()
    made.sheet.merge_cells(f"{first.coordinate}:{second.coordinate}")
    assert made.outcome() == alike
    named = first.column == 1 and first.value == 1  # SMIC's clips tell whose they are
    assert (empty == alike) == named


@pytest.mark.parametrize("book", NUMBERS, indirect=True)
def test_numbers_that_are_text_are_read(book):
    made, cells = book
    for cell, spelling in zip(cells, itertools.cycle(SPELLINGS), strict=False):
        if isinstance(cell.value, int) and cell.value > 0:
            cell.value = spelling.format(cell.value)
    assert cells[0].data_type == "s"
    assert made.outcome() == made.whole


@pytest.mark.parametrize("spelling", [int, float, "{}.0".format, " 0{} ".format])
@pytest.mark.parametrize("name", ["casme2", "samm"])
def test_subjects_that_are_numbers_are_read(cases, name, spelling):
    made = Book(cases[name])
    for cell in made.column("subject"):
        cell.value = spelling(cell.value)
    assert made.outcome() == made.whole


@pytest.mark.parametrize("book", COLUMNS, indirect=True)
def test_a_formula_that_was_never_calculated_is_named(book):
    made, cells = book
    cells[1].value = "=A1"
    found = made.outcome()
    assert isinstance(found, UserError)
    assert f"cell {cells[1].coordinate} holds a formula" in str(found) and "save" in str(found)


@pytest.mark.parametrize("value", ["#REF!", datetime.date(2020, 1, 2)])
@pytest.mark.parametrize("book", COLUMNS, indirect=True)
def test_a_cell_of_another_kind_is_named(book, value):
    made, cells = book
    cells[0].value = value
    found = made.outcome()
    said = " ".join([*(skipped.reason for skipped in found.skipped), *found.notes])
    assert cells[0].coordinate in said and found.clips != made.whole.clips


def test_notes_blank_rows_sheets_and_hidden_rows_change_nothing(cases):
    for case in cases.values():
        made = Book(case)
        made.sheet.insert_rows(1, amount=3)
        made.sheet["A2"] = "a note, dated"
        made.book.create_sheet("first", 0).append(["nothing"])
        last = made.column("filename")[-1].row
        made.sheet.insert_rows(last, amount=2)
        found = made.outcome()
        assert found.clips == made.whole.clips and len(found.clips) >= 6 and not found.notes
        made.sheet.row_dimensions[last + 2].hidden = True
        hidden = made.outcome()
        assert hidden.notes == (f"rows that are hidden in the workbook are read too: {last + 2}",)
        assert dataclasses.replace(hidden, notes=()) == found
