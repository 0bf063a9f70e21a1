import pytest

from data_builders.affwild2 import labels
from mol_jax.errors import UserError

SEVEN = b"Neutral,Anger,Disgust,Fear,Happiness,Sadness,Surprise"
EIGHT = SEVEN + b",Other"


@pytest.fixture
def read(tmp_path):
    def read(data):
        file = tmp_path / "134-30-1280x720.txt"
        file.write_bytes(data)
        return labels.read(file)

    return read


@pytest.mark.parametrize(("header", "classes"), [(SEVEN, 7), (EIGHT, 8)])
def test_the_header_says_how_many_classes_there_are(read, header, classes):
    found = read(header + b"\n0\n-1\n6\n")
    assert len(found.classes) == classes
    assert found.values.tolist() == [0, -1, 6]
    assert (
        found.classes[4] == "happiness" and found.classes[-1] == ("surprise", "other")[classes > 7]
    )


@pytest.mark.parametrize(
    "data",
    [
        EIGHT + b"\r\n7\r\n-1\r\n",
        EIGHT + b"\r7\r-1",
        b"\xef\xbb\xbf" + EIGHT + b"\n7\n-1",
        EIGHT.upper() + b"\n 7 \n-1\t\n\n\n",
        EIGHT.replace(b",", b" , ") + b" \n7\n-1\n",
    ],
)
def test_line_ends_spaces_and_case_do_not_matter(read, data):
    assert read(data).values.tolist() == [7, -1]


HEADERS = [b"", b"valence,arousal", b"<html>", b"0", b"PK\x03\x04", EIGHT[:-1], EIGHT + b",Pain"]
HEADERS += [b"Anger,Neutral" + SEVEN[13:], b"\xff\xfeN\x00e\x00", SEVEN.replace(b",", b";")]


@pytest.mark.parametrize("header", HEADERS)
def test_another_header_is_refused_with_file_and_line(read, header):
    message = r"134-30-1280x720\.txt, line 1 is .* expected Neutral,Anger,.*and in later releases"
    with pytest.raises(UserError, match=message) as error:
        read(header + b"\n0\n1\n")
    assert "\n" not in str(error.value) and len(str(error.value)) < 400


LINES = [b"8", b"-2", b"1.0", b"+1", b"01", b"x", b"", b"1,2", b"\xd9\xa3", b"-5", b"nan", b"0 0"]


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_is_no_label_is_named(read, line):
    with pytest.raises(
        UserError, match=r"720\.txt, line 3 is '.*', expected an integer from -1 to 7"
    ):
        read(EIGHT + b"\n0\n" + line + b"\n1\n")


def test_other_is_no_label_of_seven_classes(read):
    with pytest.raises(UserError, match=r"line 2 is '7', expected an integer from -1 to 6"):
        read(SEVEN + b"\n7\n")


def test_a_header_alone_a_file_too_large_and_a_folder(read, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="ends after line 1, expected a label for every frame"):
        read(EIGHT + b"\n\n")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(UserError, match=r"cannot read .*folder\.txt"):
        labels.read(tmp_path / "folder.txt")
    monkeypatch.setattr(labels, "LARGEST", 10)
    with pytest.raises(UserError, match="more than the labels of any video"):
        read(EIGHT)
