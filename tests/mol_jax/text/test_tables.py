"""Tables as text."""

import html
import random
import re

import pytest
from markdown_it import MarkdownIt

from mol_jax.text.tables import (
    assignments,
    count,
    escaped,
    markdown,
    marks,
    percent,
    span,
    unescaped,
    with_span,
)
from mol_jax.text.words import shortened


def test_figures_are_written_as_the_field_does():
    assert percent(0.79234) == "79.23"
    assert percent(None) == "–"
    assert span([0.7012, 0.8]) == "[70.1, 80.0]"
    assert with_span(0.5, None) == "50.00"
    assert with_span(0.5, [0.4, 0.6], sd=0.0123) == "50.00 ± 1.23 [40.0, 60.0]"
    assert [count(3.0), count(3.3333)] == ["3", "3.3"]


def test_markdown_aligns_and_escapes():
    assert markdown(["a", "b"], [["x|y", "1\n2"]]) == "| a | b |\n| --- | ---: |\n| x\\|y | 1 2 |"


def test_markdown_escapes_its_header_too():
    lines = markdown(["a|b", "c\r\nd"], [["1", "2"]]).splitlines()
    assert lines == ["| a\\|b | c d |", "| --- | ---: |", "| 1 | 2 |"]


def test_many_names_are_cut_short_and_counted():
    assert shortened(["a", "b"]) == "a; b"
    assert shortened(list("abcdef")) == "a; b; c; d; e; f"
    assert shortened(list("abcdefgh"), between=", ") == "a, b, c, d, e, f, and 2 more"


def test_the_values_of_a_trial_are_written_as_flags_are():
    assert assignments({}) == ""
    found = assignments({"optim.learning_rate": 5e-5, "model.ccc": False, "model.fcc": "none"})
    assert found == "optim.learning_rate=5e-05 model.ccc=False model.fcc=none"


def test_footnotes_are_superscripts():
    assert marks([1, 12]) == "¹ ¹²"


@pytest.mark.parametrize("seed", range(3))
def test_any_name_is_text_in_a_markdown_table(seed):
    """Against CommonMark's own reader, which would take `*a*`, `<b>` or `[a](b)` for markup."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    rng = random.Random(seed)
    signs = [*"ab *_`\\<>&#[]()!|~$-+.1;:/@{}^%\"'=高", "amp;", "http://x", "b>", "**", "]("]
    names = [" ".join("".join(rng.choices(signs, k=8)).split()) or "a" for _ in range(300)]
    page = reader.render(markdown(["a"], [[name] for name in names]))
    cells = re.findall(r"<td>(.*?)</td>", page, re.S)
    assert [html.unescape(cell) for cell in cells] == names
    assert any(escaped(name) != name for name in names)
    assert [unescaped(escaped(name)) for name in names] == names


def test_common_names_stay_as_they_are():
    for name in ("sub_01", "casme2/sub01", "[70.1, 86.4]", "79.2*", "a$b", "R&D", "3 < 4", "a~b"):
        assert escaped(name) == name
