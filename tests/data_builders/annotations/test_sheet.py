import os

import pytest

from data_builders.annotations.sheet import read_sheet
from mol_jax.errors import UserError

REQUIRED, OPTIONAL = ("subject", "label"), ("onset", "clip")


@pytest.fixture
def read(tmp_path):
    """Writes bytes or text to a file and reads it."""

    def read(content):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "t.csv").write_bytes(data)
        return read_sheet(tmp_path / "t.csv", REQUIRED, OPTIONAL)

    return read


PLAIN = "subject,label,onset\n1,happy,3\n"
SAME = {
    "plain": PLAIN,
    "no newline at the end": PLAIN.rstrip(),
    "Windows": PLAIN.replace("\n", "\r\n"),
    "old Macintosh": PLAIN.replace("\n", "\r"),
    "mark of UTF-8": b"\xef\xbb\xbf" + PLAIN.encode(),
    "Excel's Unicode text": PLAIN.replace(",", "\t").encode("utf-16"),
    "Excel in Europe": PLAIN.replace(",", ";"),
    "sep": "sep=;\r\n" + PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "header in another case": PLAIN.replace("subject,label", " Subject ,LABEL"),
    "signs that nobody sees": "sub\u200bject,la\u00adbel,onset\u00a0\n1,happy,3\n",
    "UTF-16 without its mark": PLAIN.encode("utf-16-le"),
    "other order": "onset,label,subject\n3,happy,1\n",
    "quotes": '"subject","label","onset"\n"1","happy","3"\n',
    "spaces": "subject , label , onset\n 1 , happy , 3 \n",
    "blank lines": "\n\nsubject,label,onset\n\n1,happy,3\n  \n,,\n,,,,,\n",
    "other columns": "subject,label,onset,notes,\n1,happy,3,blurred,\n",
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_one_table_in_many_ways(read, content):
    (line,) = read(content)
    assert (line["subject"], line["label"], line["onset"]) == ("1", "happy", "3")
    assert line["clip"] == ""  # no such column


def test_line_numbers_are_those_an_editor_shows(read):
    lines = read('\nsubject,label\n\n1,a\n2,"b\nc"\n3,d\n')
    assert [line.number for line in lines] == [4, 6, 7]
    assert [line.number for line in read("sep=;\nsubject;label\n1;a\n")] == [3]


def test_a_separator_inside_quotes_and_short_lines(read):
    first, second = read('subject,label,clip\n1,"a, ""b""; c"\n2\n')
    assert first["label"] == 'a, "b"; c' and (second["label"], second["clip"]) == ("", "")


BAD = {
    "": "is empty, expected a header: subject,label,onset,clip",
    "\n\n": "is empty",
    "subject,label\n": "has a header and no line below it",
    "subject,onset\n1,3\n": "no column 'label', expected subject, label in its first line, which",
    "1,happy,3\n2,sad,4\n": "no column 'subject', .* which is '1,happy,3'",
    "subject label\n1 happy\n": "a column 'subject label': name it 'subject'",
    "subject,labels\n1,happy\n": "a column 'labels': name it 'label' if it is that, else remove it",
    "subject,label,onse\n1,happy,3\n": "a column 'onse': name it 'onset'",
    "subject,label,OnsetFrame\n1,happy,3\n": "a column 'onsetframe': name it 'onset'",
    "subject,label,Label\n1,happy,sad\n": "two columns named 'label': remove one",
    "subject,label\n1,happy,sad\n": "line 2 has 3 cells, the header 2",
    'subject,label\n1,"happy\n': "line 2 cannot be read .*: mend its quotes",
    'subject,label\n1,"happy"y\n': "line 2 cannot be read",
    "subject,label\n1,fröhlich\n".encode("cp1252"): "is not a text file in UTF-8, from line 2",
    b"PK\x03\x04\x00\x00 a workbook": "is not a text file but a workbook",
    b"\xff\xfe\x00": "is not a text file in UTF-16",
    "<html><body>404</body></html>": "no column 'subject'",
    "subject,label\n1," + "x" * 5000: "line 2 has 5002 characters, expected at most 2000",
    "subject,label" + ",x" * 4_000_000: "line 1 has 8000013 characters",
    "a" * 1500 + "label,subject\n1,happy\n": "a column 'a{80}': name it 'label' if it is that",
    "subject,label\n" + "1,a\n" * 100_000: "more than 100000 lines: this is no such table",
    'sep="\nsubject,label\n1,happy\n': "no column 'subject'",
    "sep=\r\nsubject,label\r\n1,happy\r\n": "no column 'subject'",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "is not a text file but an old Excel",
}


@pytest.mark.parametrize(("content", "message"), BAD.items())
def test_another_table_is_refused(read, content, message):
    with pytest.raises(UserError, match=rf"t\.csv.*{message}") as refused:
        read(content)
    assert "\n" not in str(refused.value)


def test_a_giant_or_absent_file_is_refused(tmp_path):
    with (tmp_path / "t.csv").open("wb") as stream:
        stream.truncate(10**9)
    with pytest.raises(UserError, match="more than 10000000 bytes"):
        read_sheet(tmp_path / "t.csv", REQUIRED)
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("absent.csv", ".", "pipe.csv"):
        with pytest.raises(UserError, match="cannot read the table"):
            read_sheet(tmp_path / name, REQUIRED)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_separator_that_the_first_line_names(read, separator):
    rows = ("subject", "label"), ("1", "happy")
    lines = [separator.join(cells) for cells in rows]
    (line,) = read("\n".join([f"sep={separator}", *lines]))
    assert (line.number, line["label"]) == (3, "happy")


def test_accents_without_end_take_no_time(read):
    """Text is put into one form of Unicode in a time that grows as the square of its accents."""
    line = "1,a" + "\u0301\u0323" * 998 + "\n"
    assert len(read("subject,label\n" + line * 20)) == 20
    with pytest.raises(UserError, match="line 2 has 1000003 characters"):
        read("subject,label\n1,a" + "\u0301\u0323" * 500_000)


def test_a_last_line_that_is_short_and_has_no_end_is_a_file_cut_short(read):
    assert read(PLAIN + "2,sad\n")[-1].cells == {"subject": "2", "label": "sad"}
    with pytest.raises(UserError, match=r"t\.csv, line 3 has 2 cells of 3 .*cut short: copy it"):
        read(PLAIN + "2,sa")
