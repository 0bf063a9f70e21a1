import datetime
import zipfile

import openpyxl
import pytest

from data_builders.common.workbook import Row, below_header, find_workbook, read_rows
from mol_jax.errors import UserError

NAMES = ("subject", "onset frame")


def write(file, rows, sheet="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file


@pytest.mark.parametrize(
    ("cell", "text", "integer"),
    [
        ("006", "006", 6),
        (6, "6", 6),
        (6.0, "6", 6),
        (" 12 ", "12", 12),
        (12.5, "12.5", None),
        (-1, "-1", None),
        ("/", "/", None),
        (None, "", None),
        ("", "", None),
        (float("nan"), "nan", None),
        (True, "True", None),
        (10**20, str(10**20), None),
        (datetime.datetime(2020, 1, 2), "2020-01-02 00:00:00", None),
        ("²", "²", None),
    ],
)
def test_cells(cell, text, integer):
    row = Row(3, ("before", cell))
    assert (row.text(1), row.integer(1)) == (text, integer)


def test_a_row_shorter_than_the_sheet_has_empty_cells():
    assert Row(3, ("006",)).text(9) == "" and Row(3, ("006",)).integer(9) is None


def test_rows_carry_the_number_that_a_spreadsheet_program_shows(tmp_path):
    file = write(tmp_path / "a.xlsx", [[], [None, "x"], [None], ["y"]])
    assert read_rows(file) == [Row(2, (None, "x")), Row(4, ("y",))]


def test_the_named_sheet_is_read_else_the_first(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["first"])
    book.create_sheet("coding").append(["second"])
    book.save(tmp_path / "a.xlsx")
    texts = [read_rows(tmp_path / "a.xlsx", s)[0].text(0) for s in (None, "coding", "gone")]
    assert texts == ["first", "second", "first"]


@pytest.mark.parametrize("claim", ["A1", "A1:XFD1048576"])
def test_a_sheet_that_misstates_its_size_is_read_whole(tmp_path, claim):
    whole = write(tmp_path / "whole.xlsx", [["a", "b"], ["c", "d"]])
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            changed = content.replace(b'ref="A1:B2"', f'ref="{claim}"'.encode())
            assert (changed != content) == (name == "xl/worksheets/sheet1.xml")
            new.writestr(name, changed)
    assert [row.cells for row in read_rows(tmp_path / "a.xlsx")] == [("a", "b"), ("c", "d")]


def test_what_is_no_workbook_is_said_in_one_sentence(tmp_path):
    (tmp_path / "a.xlsx").mkdir()
    for name in ("a.xlsx", "gone.xlsx"):
        with pytest.raises(UserError, match=r"cannot be read as an \.xlsx workbook") as error:
            read_rows(tmp_path / name)
        assert "\n" not in str(error.value)


def rows(*cells):
    return [Row(number, row) for number, row in enumerate(cells, start=1)]


def test_the_header_is_the_first_row_that_holds_all_names():
    sheet = rows(
        ("Subject", "notes"), (None, "ONSET  Frame ", " Subject"), (None, 5, "006"), ("end",)
    )
    columns, below = below_header("a.xlsx", sheet, NAMES)
    assert columns == {"subject": 2, "onset frame": 1} and below == sheet[2:]


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (rows(("note",), ("Subject", "Onset")), "row 2, the nearest, lacks onset frame"),
        (rows(("006", 5)), "there is none"),
        ([], "there is none"),
    ],
)
def test_a_sheet_without_the_header_is_refused(sheet, words):
    with pytest.raises(UserError, match=f"a row headed subject, onset frame, but {words}"):
        below_header("a.xlsx", sheet, NAMES)


def test_a_known_name_goes_before_others(tmp_path):
    for name in ("codes_v9.xlsx", "codes.xlsx"):
        (tmp_path / name).write_bytes(b"")
    assert find_workbook(tmp_path, ("codes.xlsx",), "codes*.xlsx").name == "codes.xlsx"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((), "holds no coding workbook, expected a.xlsx or b.xlsx"),
        (("~$codes.xlsx", "._codes.xlsx", "codes.csv"), "holds no coding workbook"),
        (("codes_1.xlsx", "codes_2.xlsx"), "holds codes_1.xlsx and codes_2.xlsx, expected one"),
        (("a.xlsx", "b.xlsx"), "holds a.xlsx and b.xlsx, expected one coding workbook"),
    ],
)
def test_no_workbook_or_several(tmp_path, files, words):
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(UserError, match=words):
        find_workbook(tmp_path, ("a.xlsx", "b.xlsx"), "*codes*.xlsx")


def test_folders_inside_are_looked_into_where_the_source_has_none(tmp_path):
    for name in ("deep", "deeper"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.xlsx").write_bytes(b"")
    (tmp_path / "~$a.xlsx").write_bytes(b"")
    inside = [tmp_path / "gone", tmp_path / "deep", tmp_path / "deeper"]
    assert find_workbook(tmp_path, ("a.xlsx",), "*.xlsx", inside=inside) == inside[1] / "a.xlsx"
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert find_workbook(tmp_path, ("a.xlsx",), "*.xlsx", inside=inside) == tmp_path / "a.xlsx"


def test_a_folder_is_no_workbook(tmp_path):
    (tmp_path / "codes.xlsx").mkdir()
    with pytest.raises(UserError, match="no coding workbook"):
        find_workbook(tmp_path, ("a.xlsx",), "codes*.xlsx")
