import datetime
import os
import re
import zipfile

import openpyxl
import pytest

from data_builders.annotations.cells import Row
from data_builders.annotations.workbook import read_sheets, read_table
from mol_jax.errors import UserError

NAMES = ("subject", "onset frame")


def write(file, rows, sheet="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file


def read_rows(file, name=None):
    """The rows of the sheet of that name, or of the first."""
    sheets = read_sheets(file)
    (rows,) = [s.rows for s in sheets if s.name == (name or sheets[0].name)]
    return list(rows)


def test_rows_carry_the_number_that_a_spreadsheet_program_shows(tmp_path):
    file = write(tmp_path / "a.xlsx", [[], [None, "x"], [None], ["y"]])
    assert read_rows(file) == [Row(2, (None, "x")), Row(4, ("y",))]


TABLE = [["note"], [], ["Subject", "Onset Frame"], ["006", 5], [], ["007", 6]]


def write_book(file, sheets):
    """A workbook of several sheets; of a name that ends in * hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.rstrip("*"))
        sheet.sheet_state = "hidden" if name.endswith("*") else "visible"
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


OTHER = [["Subject", "Onset Frame"], ["099", 9]]


@pytest.mark.parametrize(
    ("sheets", "note"),
    [
        ({"a": TABLE}, ""),
        ({"a": [["nothing"]], "b": TABLE}, ""),
        ({"a": [], "b": TABLE, "c": OTHER}, "the sheet 'b' is read, and not 'c'"),
        ({"a": OTHER, "Coding": TABLE}, "the sheet 'Coding' is read, and not 'a'"),
        ({"coding*": OTHER, "b": TABLE}, "the sheet 'b' is read, and not 'coding'"),
        ({"a": [["nothing"]], "b*": TABLE}, "the sheet 'b' is hidden in the workbook, and read"),
    ],
)
def test_the_sheet_that_holds_the_table_is_read(tmp_path, sheets, note):
    table = read_table(write_book(tmp_path / "a.xlsx", sheets), NAMES, prefer="coding")
    assert [row.text(0) for row in table.rows] == ["006", "007"]
    assert table.columns == {"subject": 0, "onset frame": 1}
    assert note in "".join(table.notes) and len(table.notes) == (note != "")


def test_hidden_rows_and_columns_are_read_and_named(tmp_path):
    book = openpyxl.load_workbook(write(tmp_path / "a.xlsx", TABLE))
    book.active.row_dimensions[4].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx", NAMES)
    assert [row.integer(1) for row in table.rows] == [5, 6]
    assert table.notes == (
        "rows that are hidden in the workbook are read too: 4",
        "columns that are hidden in the workbook are read too: onset frame",
    )


def test_columns_that_are_not_read_are_named(tmp_path):
    rows = [["Subject", "Onset Frame", "Onset, corrected", None, "Notes"], ["006", 5, 7]]
    table = read_table(write(tmp_path / "a.xlsx", rows), NAMES, unread=("notes",))
    assert table.notes == ("a.xlsx: columns that are not read: Onset, corrected",)


def test_a_header_that_is_repeated_is_no_row(tmp_path):
    table = read_table(write(tmp_path / "a.xlsx", [*TABLE, *TABLE[2:]]), NAMES)
    assert [row.text(0) for row in table.rows] == ["006", "007"] * 2


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
    ("content", "kind"),
    [
        (b"Subject,Filename\n", "it is a text, .* save it as .xlsx"),
        ("Subject\tFilename\n".encode("utf-16"), "it is a text, .* save it as .xlsx"),
        (b"<html></html>", "it is a text, .* save it as .xlsx"),
        (b"PK\x03\x04", "it is damaged: copy it again"),
        (b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old .xls, or has a password: .* save it as"),
        (b"\0" * 6000, "nothing but zeros, .*: copy it again"),
        (b"\x01\0\x02", "another kind, or damaged"),
    ],
)
def test_what_is_no_workbook_is_said_in_one_sentence(tmp_path, content, kind):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(UserError, match=rf"cannot be read as an \.xlsx .*: .*{kind}") as error:
        read_rows(tmp_path / "a.xlsx")
    assert "\n" not in str(error.value) and "\0" not in str(error.value)


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


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["note"], ["Subject", "Onset"]], r"row 2, .* lacks onset frame \(B2 is 'Onset'\): is"),
        ([["note"], ["Subject", "Start"]], "row 2, the nearest, lacks onset frame: is this"),
        ([["Subject", "Onset Frmae"]], r"lacks onset frame \(B1 is 'Onset Frmae'\): is this"),
        ([["006", 5]], "there is none"),
        ([["Subject", "Onset Frame", "x", "ONSET_FRAME"]], "two columns headed 'onset frame', B1 "),
        ([], "there is none"),
    ],
)
def test_a_workbook_without_the_header_is_refused(tmp_path, rows, words):
    with pytest.raises(UserError, match=words):
        read_table(write(tmp_path / "a.xlsx", rows), NAMES)


@pytest.mark.parametrize("head", ["ONSET  Frame ", "OnsetFrame", "onset_frame", "Ｏnset\nFrame"])
def test_the_header_is_known_by_its_letters(tmp_path, head):
    rows = [["Subject", "notes"], [None, head, " Subject"], [None, 5, "006"]]
    table = read_table(write(tmp_path / "a.xlsx", rows), NAMES)
    assert table.columns == {"subject": 2, "onset frame": 1}
    assert [row.number for row in table.rows] == [3]
