"""Tables as text."""

import pytest

from mol_jax.tables import (
    assignments,
    count,
    latex,
    markdown,
    marks,
    percent,
    shortened,
    span,
    with_span,
)


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


@pytest.mark.parametrize("first", ["[2em]", " [", "*"])
def test_latex_takes_no_name_for_an_argument_of_the_line_before(first):
    lines = latex([first, "b"], [[first, "1"]]).splitlines()
    assert [line for line in lines if first in line] == [
        rf"{{}}{first} & b \\", rf"{{}}{first} & 1 \\",
    ]  # fmt: skip


def test_a_bold_footnote_is_bold_in_latex():
    assert r"\footnotesize \textbf{NOT a\_b}: c}" in latex(["a"], [], notes=["**NOT a_b**: c"])


def test_latex_escapes_what_is_a_command():
    text = latex(["", "Acc"], [["a_b & 50 %", "1.00"]])
    assert r"a\_b \& 50 \% & 1.00 \\" in text
    assert text.startswith(r"\begin{tabular}{lr}")


def test_many_names_are_cut_short_and_counted():
    assert shortened(["a", "b"]) == "a; b"
    assert shortened(list("abcdef")) == "a; b; c; d; e; f"
    assert shortened(list("abcdefgh"), between=", ") == "a, b, c, d, e, f, and 2 more"


def test_the_values_of_a_trial_are_written_as_flags_are():
    assert assignments({}) == ""
    found = assignments({"optim.learning_rate": 5e-5, "model.ccc": False, "model.fcc": "none"})
    assert found == "optim.learning_rate=5e-05 model.ccc=False model.fcc=none"


def test_footnotes_are_superscripts_and_stand_below_the_last_rule():
    assert marks([1, 12]) == "¹ ¹²"
    text = latex(["", "Acc"], [[f"a {marks([1])}", "1 ± 2"]], notes=[f"{marks([1])} 50 % of_them"])
    assert r"a \textsuperscript{1} & 1 $\pm$ 2 \\" in text
    below = text.split(r"\bottomrule")[1]
    assert (
        r"\multicolumn{2}{p{\linewidth}}{\footnotesize \textsuperscript{1} 50 \% of\_them}" in below
    )
