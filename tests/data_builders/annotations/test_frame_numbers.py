import pytest

from data_builders.annotations.frame_numbers import frame_number

SAME = ("12", "12.0", " 12", "12 ", "12.", "12,0", "12.00", "12.0000", "0012", "+12", "１２", "١٢")
SAME += ("１２．０", "1.2e+01", "1.20E1", "1.200000000000000000e+01", "12\u00a0")
NONE = ("", "/", "12.5", "-12", "12.000", "12,000", "1e1", "1.2e+02", "1.25e1", "1,234", "²")
NONE += ("12a", "0x12", "1_2", "12 13", "'12", "12-15", "9" * 19, "nan", "inf", "1.2e99")


@pytest.mark.parametrize("text", SAME)
def test_one_number_in_many_spellings(text):
    assert frame_number(text) == 12


@pytest.mark.parametrize("text", NONE)
def test_what_may_be_another_number_is_none(text):
    assert frame_number(text) is None


def test_numbers_too_long_for_thousands():
    assert frame_number("1234.000") == 1234 and frame_number("0.000") == 0
