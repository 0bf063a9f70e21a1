"""A page of tables as LaTeX holds what the page holds, and compiles."""

import shutil

import pytest

from mol_jax.text.latex.page import latex
from mol_jax.text.tables import markdown
from tests.mol_jax.text.latex.test_tabular import compiled

PAGE = "\n\n".join(
    (
        "# The paper's tables_1",
        "> **Generated**: 5 %",
        markdown(
            ["", "on", "our UF1 [95 %]", *"abcdefghij"],
            [["MOL|x", "CASME II", "79.23 ± 1.20 [70.1, 86.4]", *["100.00 [0.0, 100.0]"] * 10]],
            left=2,
        ),
        "- a note\n- another `--dry_run`",
    )
)


def test_a_page_has_its_parts():
    text = latex(PAGE)
    assert r"\subsection*{The paper's tables\_1}" in text
    assert r"{@{}llrrrrrrrrrrr@{}}" in text
    assert r"MOL\textbar{}x & CASME II & 79.23 $\pm$ 1.20 & 100.00 &" in text
    assert r"\raggedright another \texttt{-{}-dry\_run}\par}" in text
    assert r"\raggedright \textbf{Generated}: 5 \%\par}" in text


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
def test_a_wide_table_fits_a_column(tmp_path):
    assert "Overfull" not in compiled(tmp_path, latex(PAGE), "[twocolumn]{article}")
