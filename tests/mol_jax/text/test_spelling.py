"""One name is read as one, what may be one person or two is refused, other names stay apart."""

import unicodedata

import pytest

from mol_jax.errors import UserError
from mol_jax.text.spelling import clean, face, is_nothing, joined, settle, whole


@pytest.mark.parametrize(
    "seen",
    [
        "sub 01 ",
        "\tsub\u00a001",
        "sub\u3000\u202f01",
        "\ufeffsub 01",
        "s\u200bu\u2060b 01",
        "su\u00adb 01\u200e",
        "\u202bsub 01\u202c",
        "sub\r\n 01\ufe0f",
    ],
)
def test_what_nobody_sees_is_no_part_of_a_name(seen):
    assert clean(seen) == "sub 01"


def test_an_accent_is_one_sign_however_it_came():
    for form in ("NFC", "NFD"):
        assert clean(unicodedata.normalize(form, "Zoë Håkon négatif")) == "Zoë Håkon négatif"
    assert clean("e\u200b\u0301") == "é"
    assert clean("被试一") == "被试一" and clean("می\u200cشود") == "می\u200cشود"


@pytest.mark.parametrize("name", ["s\0", "a\x07b", "\x1b[31m", "n\ufffdgatif"])
def test_a_sign_that_no_name_has_is_refused(name):
    with pytest.raises(UserError, match="which no name has") as refused:
        clean(name)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7), ("07", 7), ("7.0", 7), ("7.", 7), ("7,0", 7), (" 7 ", 7), ("-1.0", -1),
        ("７", 7), ("٧", 7), ("7.000000000000000000e+00", 7), ("1.2e+01", 12),
        ("7.5", None), ("1,000", None), ("1_0", None), ("", None), ("x", None), ("12e4", None),
        ("nan", None), ("inf", None), ("0x1", None), ("1.0.0", None),
    ],
)  # fmt: skip
def test_a_whole_number_in_every_form(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("s01", "S1"),
        ("sub01", "sub-1"),
        ("subject_1", "Subject 01"),
        ("anna b", "Anna_B"),
        ("１", "1"),
        ("s1", "s1.0"),
        ("négatif", "nÃ©gatif"),
        ("negаtive", "negative"),  # the second a is Cyrillic
        ("POSİTİVE", "positive"),
        ("a–b", "a-b"),
        ("می\u200cشود", "میشود"),
    ],
)
def test_spellings_of_one_name_have_one_face_and_are_refused(one, other):
    assert face(one) == face(other)
    with pytest.raises(UserError, match=r"t\.csv has the subjects .*: spell each subject in one"):
        settle([one, other, "x"], what="subject", where="t.csv")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("s1", "s11"), ("s1", "s10"), ("1-1", "11"), ("1_1", "1_10"), ("anna", "annab"),
        ("006", "s06"), ("s06", "sub06"), ("José", "Jose"), ("被试一", "被试二"), ("s1", "t1"),
        ("lí", "lì"), ("10", "100"), ("v1.5", "v1"),
    ],
)  # fmt: skip
def test_two_names_stay_two(one, other):
    assert settle([one, other, "x"], what="subject", where="t.csv") == {
        name: name for name in (one, other, "x")
    }


def test_numbers_are_joined_where_all_are_numbers():
    found = settle(["01", "1", "2.0", "10"], what="subject", where="t.csv")
    assert found == {"01": "1", "1": "1", "2.0": "2", "10": "10"}
    assert joined(found) == ["1 (01, 1)"]
    as_they_are = settle(["006", "007"], what="subject", where="t.csv")
    assert as_they_are == {"006": "006", "007": "007"} and joined(as_they_are) == []


@pytest.mark.parametrize("bare", ["1", "01", "1.0"])
@pytest.mark.parametrize("behind", ["sub01", "s1", "P01", "participant 1", "Subject_001"])
def test_a_number_beside_itself_behind_a_word_is_refused(bare, behind):
    with pytest.raises(UserError, match="may be one name in two spellings"):
        settle([bare, behind], what="subject", where="t.csv")
    assert len(settle(["2", behind], what="subject", where="t.csv")) == 2


def test_what_programs_write_for_nothing():
    assert all(map(is_nothing, ["", "nan", "NaN", "None", "NA", "#N/A", "<NA>"]))
    assert not any(map(is_nothing, ["Nan", "Na", "0", "neutral", "-1"]))
