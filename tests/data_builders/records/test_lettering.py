import numpy as np
import pytest

from data_builders.records import lettering


def drawn(text: str, width: int = 900) -> np.ndarray:
    return lettering.lines(text, width)


@pytest.mark.parametrize("text", ["Zoë", "Håkon", "Łukasz", "клип", "Ελένη"])
def test_letters_of_the_packaged_font_are_drawn_as_they_are(text):
    plain = text.encode("ascii", "replace").decode()
    assert lettering.is_whole(text) and "?" in plain
    assert not np.array_equal(drawn(text), drawn(plain))


def test_two_ways_of_coding_a_letter_are_drawn_alike():
    np.testing.assert_array_equal(drawn("Zo\u00eb"), drawn("Zoe\u0308"))
    assert not np.array_equal(drawn("Zoe"), drawn("Zoe\u0308"))


def test_a_sign_that_no_font_has_is_written_as_its_code(monkeypatch):
    monkeypatch.setattr(lettering, "_file", without_chinese)
    assert not lettering.is_whole("被 1") and lettering.is_whole("a 1")
    np.testing.assert_array_equal(drawn("被 1"), drawn("[U+88AB] 1"))


def without_chinese(sign: str) -> str | None:
    return lettering._files()[0] if ord(sign) < 0x3000 else None


@pytest.mark.parametrize("text", ["a\0b", "a\x1b[31m", "\ud800", "\U0010ffff"])
def test_signs_that_are_none_are_written_as_their_codes(text):
    assert drawn(text).any() and not lettering.is_whole(text)


def test_long_texts_are_broken_and_nothing_is_cut():
    words = "one " * 60
    rows = drawn(words, 300).reshape(-1, lettering.LINE, 300, 3)
    assert len(rows) > 5 and all(row.any() for row in rows)
    assert not rows[:, :, -2:].any() and not rows[:, :, :2].any()
    assert rows.sum() == pytest.approx(60 * drawn("one", 300).sum(), rel=0.05)
    assert drawn("x" * 200, 300).shape[0] > lettering.LINE  # a word wider than the picture
    assert drawn("", 300).shape == (lettering.LINE, 300, 3)


def test_the_font_that_has_a_box_for_every_sign_is_none():
    """matplotlib brings it, and a box is no letter."""
    from matplotlib import font_manager

    boxes = [e.fname for e in font_manager.fontManager.ttflist if "LastResort" in e.fname]
    assert not set(boxes) & set(lettering._files())
    assert lettering._files()[0].endswith("DejaVuSans.ttf")


def test_letters_grow_with_a_picture_that_will_be_shown_smaller():
    assert drawn("a", 2 * lettering.WIDE).shape[0] == 2 * lettering.LINE
    assert drawn("a", lettering.WIDE).shape[0] == lettering.LINE
