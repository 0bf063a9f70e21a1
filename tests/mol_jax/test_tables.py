"""Tables as text."""

from mol_jax.tables import count, latex, markdown, percent, span, with_span


def test_figures_are_written_as_the_field_does():
    assert percent(0.79234) == "79.23"
    assert percent(None) == "–"
    assert span([0.7012, 0.8]) == "[70.1, 80.0]"
    assert with_span(0.5, None) == "50.00"
    assert [count(3.0), count(3.3333)] == ["3", "3.3"]


def test_markdown_aligns_and_escapes():
    assert markdown(["a", "b"], [["x|y", "1\n2"]]) == "| a | b |\n| --- | ---: |\n| x\\|y | 1 2 |"


def test_latex_escapes_what_is_a_command():
    text = latex(["", "Acc"], [["a_b & 50 %", "1.00"]])
    assert r"a\_b \& 50 \% & 1.00 \\" in text
    assert text.startswith(r"\begin{tabular}{lr}")
