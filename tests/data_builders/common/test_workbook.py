import datetime
import os
import re
import zipfile

import openpyxl
import pytest

from data_builders.common.workbook import Row, below_header, read_rows
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


@pytest.mark.parametrize(
    "content", [b"Subject,Filename\n", b"<html></html>", b"PK\x03\x04", b"\xd0\xcf"]
)
def test_what_is_no_workbook_is_said_in_one_sentence(tmp_path, content):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be read as an \.xlsx workbook") as error:
        read_rows(tmp_path / "a.xlsx")
    assert "\n" not in str(error.value)


def test_what_is_no_file_is_no_workbook(tmp_path):
    (tmp_path / "a.xlsx").mkdir()
    os.mkfifo(tmp_path / "pipe.xlsx")
    odd = "it is a folder, a pipe or a device"
    for name, why in {"a.xlsx": odd, "pipe.xlsx": odd, "gone.xlsx": "No such file"}.items():
        with pytest.raises(UserError, match=f"cannot read the workbook .*{name}: {why}"):
            read_rows(tmp_path / name)


SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def write_parts(file, **parts):
    """A workbook of one cell with other contents in some of its parts."""
    whole = write(file, [["a"]])
    with zipfile.ZipFile(whole) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held |= {SHEET: parts["sheet"].encode(parts.get("encoding", "utf-8"))}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return file


def sheet_of(rows):
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


ROW = "<row><c><v>1</v></c></row>"


@pytest.mark.parametrize(
    "sheet",
    {
        "unpacks to too much": sheet_of(" " * 50_000_000),
        "unpacks to a little too much": sheet_of(" " * 10_000_000),
        "too many rows": sheet_of(ROW * 20_001),
        "entities": '<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_of(ROW),
    }.items(),
    ids=lambda sheet: sheet[0],
)
def test_what_is_too_large_for_a_coding_workbook_is_refused(tmp_path, sheet):
    file = write_parts(tmp_path / "a.xlsx", sheet=sheet[1])
    assert file.stat().st_size < 200_000
    with pytest.raises(UserError, match=r"too large for a coding workbook, .*copy the table alone"):
        read_rows(file)


def test_entities_are_seen_in_any_encoding(tmp_path):
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>' + sheet_of(ROW)
    with pytest.raises(UserError, match="too large for a coding workbook"):
        read_rows(write_parts(tmp_path / "a.xlsx", sheet=text, encoding="utf-16"))


def test_a_large_or_empty_file_is_not_unpacked(tmp_path):
    for size in (0, 10_000_001):
        with (tmp_path / "a.xlsx").open("wb") as file:
            file.truncate(size)
        with pytest.raises(UserError, match="is empty, or too large for a coding workbook"):
            read_rows(tmp_path / "a.xlsx")


def test_a_row_beyond_the_last_of_any_program_is_no_workbook(tmp_path):
    """openpyxl makes up all the rows before it."""
    sheet = sheet_of('<row r="99999999999999"><c><v>1</v></c></row>')
    with pytest.raises(UserError, match=r"cannot be read as an \.xlsx workbook"):
        read_rows(write_parts(tmp_path / "a.xlsx", sheet=sheet))


def test_rows_far_down_and_columns_far_out_cost_no_memory(tmp_path):
    far = '<row r="50000"><c r="B50000"><v>2</v></c><c r="ZZZ50000"><v>3</v></c></row>'
    (first, second) = read_rows(write_parts(tmp_path / "a.xlsx", sheet=sheet_of(ROW + far)))
    assert first == Row(1, (1,)) and second == Row(50000, (None, 2))


@pytest.mark.filterwarnings("error")
def test_what_openpyxl_warns_of_is_not_printed(tmp_path):
    """A date before all dates, and a broken name of a range."""
    file = write(tmp_path / "a.xlsx", [[datetime.date(2020, 1, 2)]])
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read(SHEET).decode()
    (number,) = re.findall("<v>(.*?)</v>", sheet)
    sheet = sheet.replace(f"<v>{number}</v>", "<v>-99999999999</v>")
    (row,) = read_rows(write_parts(file, sheet=sheet))
    assert row.integer(0) is None


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
