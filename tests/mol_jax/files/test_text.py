"""Text is read in the encoding it is in, and what is no text is called what it is."""

import pytest

from mol_jax.errors import UserError
from mol_jax.files.text import read

PLAIN = "subject,true\nZoë,négatif\n被试,x\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_unicode_in_every_form_is_one_text(tmp_path, encoding):
    (tmp_path / "t.csv").write_bytes(PLAIN.encode(encoding))
    assert read(tmp_path / "t.csv").content == PLAIN


def test_big_endian_with_its_mark(tmp_path):
    (tmp_path / "t.csv").write_bytes("\ufeff".encode("utf-16-be") + PLAIN.encode("utf-16-be"))
    assert read(tmp_path / "t.csv").content == PLAIN


def test_windows_1252_is_read_and_said(tmp_path):
    (tmp_path / "t.csv").write_bytes("subject\nZoë’s\nHåkon\n".encode("cp1252"))
    found = read(tmp_path / "t.csv")
    assert (found.content, found.encoding) == ("subject\nZoë’s\nHåkon\n", "Windows-1252")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("subject\n被试一\n".encode("gbk"), "not a text file in UTF-8, from line 2 on: save it"),
        ("négatif\n".encode() + "négatif\n".encode("cp1252"), "not a text file in UTF-8, from"),
        (b"PK\x03\x04 xlsx", "is not a text file but a workbook or a zip archive: save its sheet"),
        (b"\xd0\xcf\x11\xe0\xa1", "is not a text file but an old Excel workbook"),
        (b"\x1f\x8b\x08", r"is not a text file but compressed \(gzip\): unpack it first"),
        (b"\x89PNG\r\n\x1a\n\0\xff", "is not a text file in UTF-8"),
        (b"a,b\n1,s\0\n", r"line 2 holds a zero byte \(NUL\), which no text has"),
        (b"a,b\n1,s\n" + b"\0" * 4096, r"line 3 holds a zero byte"),
        (b"\xff\xfea", "is not a text file in UTF-16"),
    ],
)
def test_what_is_no_text_is_refused_as_what_it_is(tmp_path, data, says):
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(UserError, match=says) as refused:
        read(tmp_path / "t")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("path", ["absent", ".", "/dev/null", "a\0b", "x" * 400])
def test_what_is_no_file_is_refused(tmp_path, path):
    with pytest.raises(UserError, match="could not be read") as refused:
        read(tmp_path / path)
    assert str(refused.value).count("could not be read") == 1


def test_the_folder_of_a_run_is_answered_with_its_table(tmp_path):
    (tmp_path / "predictions.csv").touch()
    with pytest.raises(UserError, match=r"a folder .*: name the table in it, .*ions\.csv$"):
        read(tmp_path)
