import re
import zipfile

import pytest

from data_builders.annotations import grid
from data_builders.annotations.workbook import read_sheets
from mol_jax.errors import UserError
from tests.data_builders.annotations.test_workbook import sheet_of, write_parts


def read(file, rows, *, after="", calculated=False):
    """The rows of a sheet of such XML, in a workbook that was, or is to be, calculated."""
    write_parts(file, sheet=sheet_of(rows).replace("</worksheet>", f"{after}</worksheet>"))
    if calculated:
        with zipfile.ZipFile(file) as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
        book = held["xl/workbook.xml"]
        held["xl/workbook.xml"] = re.sub(rb' fullCalcOnLoad="1"', b"", book)
        assert held["xl/workbook.xml"] != book
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in held.items():
                archive.writestr(name, content)
    (sheet,) = read_sheets(file)
    return sheet


FORMULAS = {
    "<f>1+1</f>": (True, True),
    "<f>1+1</f><v/>": (True, True),
    "<f>1+1</f><v></v>": (True, True),
    "<f>1+1</f><v>0</v>": (True, False),  # 0 is what XlsxWriter writes for every formula
    "<f>1+1</f><v>2</v>": (False, False),
    "<v>0</v>": (False, False),
}


@pytest.mark.parametrize("calculated", [False, True])
@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_without_its_value(tmp_path, cell, calculated):
    sheet = read(tmp_path / "a.xlsx", f"<row><c>{cell}</c></row>", calculated=calculated)
    if FORMULAS[cell][calculated]:
        with pytest.raises(UserError, match="cell A1 holds a formula whose value was never"):
            sheet.rows[0].text(0)
    else:
        assert sheet.rows[0].text(0) in ("0", "2")


def test_the_empty_text_of_a_formula_is_a_value(tmp_path):
    cells = '<c t="str"><f>IF(1,"")</f><v></v></c><c><v>1</v></c>'
    sheet = read(tmp_path / "a.xlsx", f"<row>{cells}</row>")
    assert [sheet.rows[0].text(column) for column in (0, 1)] == ["", "1"]


def numbers(*rows):
    """Rows of cells; None for one that is not there."""
    written = []
    for number, row in enumerate(rows, start=1):
        cells = [
            f'<c r="{"ABC"[k]}{number}"><v>{value}</v></c>'
            for k, value in enumerate(row)
            if value is not None
        ]
        written.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(written)


def merges(*refs):
    return "<mergeCells>" + "".join(f'<mergeCell ref="{ref}"/>' for ref in refs) + "</mergeCells>"


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        ([], {1: (1, 2, 3), 2: (None, 5), 4: (7, 8, 9)}),
        (["A1:A2"], {1: (1, 2, 3), 2: (1, 5), 4: (7, 8, 9)}),
        (["A1:A1048576"], {1: (1, 2, 3), 2: (1, 5), 4: (1, 8, 9)}),
        (["A1:B2"], {1: (1, None, 3), 2: (1,), 4: (7, 8, 9)}),  # B5 cannot be seen in it
        (["A3:A4"], {1: (1, 2, 3), 2: (None, 5), 4: (None, 8, 9)}),
        (["A1:XFD1"], {1: (1,), 2: (None, 5), 4: (7, 8, 9)}),
        (["A1:A2", "C2:C4", "B4:B9"], {1: (1, 2, 3), 2: (1, 5), 4: (7, 8)}),
        (["J1:J4"], {1: (1, 2, 3), 2: (None, 5), 4: (7, 8, 9)}),
    ],
)
def test_merged_cells(tmp_path, refs, expected):
    rows = numbers((1, 2, 3), (None, 5), (), (7, 8, 9))
    sheet = read(tmp_path / "a.xlsx", rows, after=merges(*refs) if refs else "")
    assert {row.number: row.cells for row in sheet.rows} == expected


def test_merges_that_overlap_are_no_workbook(tmp_path):
    """Nor may they take an evening: each is as tall as the sheet."""
    rows = numbers(*[(1, 2)] * 2000)
    for refs in (["A1:A9", "A5:B12"], ["A1:A2000"] * 20_000):
        with pytest.raises(UserError, match="cannot be read as an"):
            read(tmp_path / "a.xlsx", rows, after=merges(*refs))


def test_hidden_rows_and_columns(tmp_path):
    sheet = read(tmp_path / "a.xlsx", '<row><c><v>1</v></c></row><row hidden="1"><c/></row>')
    assert sheet.grid.hidden_rows == {2} and not sheet.grid.hides(1)
    assert grid.Grid((), frozenset(), ((2, 3),), {}).hides(3)
