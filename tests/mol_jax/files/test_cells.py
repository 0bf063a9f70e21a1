"""Files are written whole or not at all, and a bad table is named by line and column."""

import errno
import os

import pytest

from mol_jax.errors import UserError
from mol_jax.files.cells import Table
from mol_jax.files.whole import read_text, write_text


def table_of(folder, text: str) -> Table:
    path = folder / "t.csv"
    path.write_bytes(text.encode())
    return Table(path)


def test_lines_and_cells_are_read_with_quotes_blank_lines_and_a_byte_order_mark(tmp_path):
    table = table_of(tmp_path, '\ufeffa,b\r\n1,"x,\ny"\r\n\r\n2, z \r\n')
    first, second = table
    assert table.header == ["a", "b"]
    assert (first.whole("a"), first.text("b")) == (1, "x,\ny")
    assert (second.line, second.text("b")) == (5, "z")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "t.csv is empty"),
        ("\n\n", "t.csv is empty"),
        ("a,a\n1,2\n", "line 1: column 'a' is there twice"),
        ("a,b\n1\n", "line 2: got 1 cells, expected 2"),
        ("a,b\n1,2\n1,2,3\n", "line 3: got 3 cells, expected 2"),
        ('a,b\n1,"2\n', "line 2 cannot be read .unexpected end of data.: mend"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path, text, says):
    with pytest.raises(UserError, match=says):
        list(table_of(tmp_path, text))


@pytest.mark.parametrize(
    ("read", "value", "says"),
    [
        ("whole", "1.5", "line 2, column a: got '1.5', expected a whole number"),
        ("whole", "1_0", "line 2, column a: got '1_0', expected a whole number"),
        ("real", "1_0", "line 2, column a: got '1_0', expected a number"),
        ("real", "nan", "line 2, column a: got 'nan', expected a finite number"),
        ("real", "x", "line 2, column a: got 'x', expected a number"),
        ("text", " ", "line 2, column a: got an empty cell, expected a name"),
    ],
)
def test_a_bad_cell_is_named(tmp_path, read, value, says):
    (cells,) = table_of(tmp_path, f"a,b\n{value},0\n")
    with pytest.raises(UserError, match=says):
        getattr(cells, read)("a")


def test_what_is_not_text_or_not_there_is_refused(tmp_path):
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    with pytest.raises(UserError, match="picture is not a text file"):
        read_text(tmp_path / "picture")
    with pytest.raises(UserError, match=r"nowhere could not be read \(No such file"):
        read_text(tmp_path / "nowhere")
    with pytest.raises(UserError, match="could not be read"):
        read_text(tmp_path)


def test_a_full_disk_leaves_the_earlier_file(tmp_path, monkeypatch):
    path = tmp_path / "metrics.json"
    write_text(path, "earlier")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UserError, match=r"metrics.json could not be written \(No space left"):
        write_text(path, "later")
    assert path.read_text() == "earlier"
    assert os.listdir(tmp_path) == ["metrics.json"]


def test_a_folder_where_a_file_is_to_be_written_is_said_to_be_one(tmp_path):
    with pytest.raises(UserError, match=r"could not be written \(it is a folder\): name a file"):
        write_text(tmp_path, "text")
    assert not list(tmp_path.iterdir()) and not list(tmp_path.parent.glob(".*.partial"))
