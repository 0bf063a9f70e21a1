"""Names in pictures are drawn as they are written, or by a number that the text explains."""

import warnings

import matplotlib as mpl
import pytest

from mol_jax.reporting import figures, lettering

ODD = (
    r"$\foo$", "joy_$1$", "a$b", "{x}^_%&#<|>\\", "Zoë", "ΛΦ Жж", "a\nb", "x" * 90, "高兴", "سعيد",
    "עצב", "हर्ष", "ความสุข", "행복", "\U0001f600", "\ud800", "\u200b", "", " ",
)  # fmt: skip


@pytest.mark.parametrize("names", [ODD, ODD[:2], ODD[-2:], ("$", "$$"), (r"$\frac", "ok")])
def test_any_name_is_drawn_without_a_warning_in_every_picture(tmp_path, names):
    trial = {"mean": {"uf1": 0.5}, "ci95": {"uf1": [0.4, 0.6]}, "per_seed": [{"uf1": 0.5}]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        counts = [[1] * len(names)] * len(names)
        numbered = figures.confusion(tmp_path / "confusion.png", counts, names)
        people = dict.fromkeys(names, 1)
        assert figures.subjects(tmp_path / "s.png", people, people, levels={}) == numbered
        values = [f"trial {k}: {name}" for k, name in enumerate(names)]
        scores = [trial] * len(names)
        figures.trials(tmp_path / "t.png", values, scores, majority=0.2, svm=0.3, best=0)
    assert set(numbered.values()) <= set(names)


def test_dollars_and_backslashes_stand_for_themselves(tmp_path):
    names = [r"$\foo$", "joy_$1$", "plain"]
    assert lettering.letter(names) == (names, {})
    pictures = [tmp_path / "a.png", tmp_path / "b.png"]
    for path, name in zip(pictures, ("joy_$1$", "joy_1"), strict=True):
        figures.confusion(path, [[1, 0], [0, 1]], [name, "low"])
    assert pictures[0].read_bytes() != pictures[1].read_bytes()


def test_what_no_font_has_is_numbered_and_said(monkeypatch):
    monkeypatch.setattr(lettering, "_candidates", list)
    lettering._search.cache_clear()
    drawn, numbered = lettering.letter(["高兴", "low", "[1]", "厌恶", "高兴"])
    assert drawn == ["[2]", "low", "[1]", "[3]", "[2]"]
    assert numbered == {"[2]": "高兴", "[3]": "厌恶"}
    (said,) = lettering.legend(numbered)
    assert "2 for 高兴, 3 for 厌恶" in said
    assert lettering.legend({}) == []
    lettering._search.cache_clear()


def test_a_font_of_this_machine_is_taken_where_it_has_the_signs():
    sign = "\ua67c"  # in STIX, which comes with matplotlib, and not in its DejaVu Sans
    others = [of for of in lettering._candidates() if ord(sign) in lettering._signs_of(of)]
    sign = sign if others and ord(sign) not in lettering._signs_of(lettering.FONT) else _of_others()
    assert lettering.letter([f"a{sign}"]) == ([f"a{sign}"], {})
    assert mpl.rcParams["font.family"][0] == lettering.FONT
    assert ord(sign) in lettering._signs_of(mpl.rcParams["font.family"][1])
    lettering.letter(["a"])
    assert mpl.rcParams["font.family"] == [lettering.FONT]


def _of_others() -> str:
    """Returns a letter that some other font here has and DejaVu Sans does not."""
    own = lettering._signs_of(lettering.FONT)
    every = set().union(*map(lettering._signs_of, lettering._candidates())) - own
    return next(chr(code) for code in sorted(every) if chr(code).isalpha())


def test_what_nobody_sees_is_written_out():
    assert lettering.letter(["a\nb\x00", "x\u200by"]).names == ["a\\nb\\x00", "x\\u200by"]


def test_two_long_names_are_never_drawn_alike():
    twins = ["x" * 30 + end + "y" * 30 for end in "ab"]
    drawn, numbered = lettering.letter([*twins, "z" * 60])
    assert drawn[:2] == ["[1]", "[2]"] and list(numbered.values()) == twins
    assert len(drawn[2]) < lettering.LONGEST + 1 and "…" in drawn[2]


def test_without_shaping_what_runs_from_the_right_is_numbered(monkeypatch):
    monkeypatch.setattr(lettering, "_SHAPES", False)
    assert lettering.letter(["עצב", "סוס", "Zoe\u0308", "e\u0323\u0301"]).names[:2] == [
        "[1]",
        "[2]",
    ]
    assert not lettering.letter(["Zoe\u0308", "ΛΦ"]).numbered
