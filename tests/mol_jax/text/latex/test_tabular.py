"""LaTeX tables hold what they should, print every sign as it is, and fit a column."""

import re
import shutil
import subprocess
import unicodedata

import pytest

from mol_jax.text.latex.signs import escape, foreign
from mol_jax.text.latex.tabular import tabular

ODD = "a|b <c> {d} e_f 5% #1 $x$ ~^ \\back \"q\" 'r' `s` -- --- ? ! [g] *h* @ :;,./="
ROWS = [
    ["a_run with a name that is longer than most lines", "442", "79.23 ± 1.20 [70.1, 86.4]", "–"],
    [ODD, "442", "5.00 [0.0, 10.0]", "1"],
    ["[2em]", "1", "1", "[1, 2]"],
    ["* é ñ Å ł ß ı ǒ ç λ × ≤ … “q” ²", "1", "2 [1.0, 3.0]*", "3"],
]
HEADER = ["%", "clips", "our UF1 [95 %]", "[b"]
NOTES = ["¹ **NOT a_b**: 50 % of `c`", "² " + ODD]


def test_intervals_stand_below_their_figures():
    lines = tabular(["", "UF1", "UAR"], [["a", "79.23 ± 1.20 [70.1, 86.4]", "–"]]).splitlines()
    at = lines.index(r"a & 79.23 $\pm$ 1.20 & -- \\")
    assert lines[at + 1] == r" & {\scriptsize [70.1, 86.4]} &  \\"
    assert lines[at + 2] == r"\bottomrule"


def test_columns_and_rules_are_where_they_are_asked_for():
    text = tabular(["a", "b", "c"], [["1", "2", "3"], ["4", "5", "6"]], left=2, rules=[1])
    assert r"\begin{tabular}{@{}llr@{}}" in text
    assert "1 & 2 & 3 \\\\\n\\midrule\n4 & 5 & 6" in text
    assert r"\shortstack[r]{our \\ UF1 \\ {}[95 \\ \%]}" in tabular(HEADER, [])


@pytest.mark.parametrize("first", ["[2em]", "*"])
def test_no_name_is_taken_for_an_argument_of_the_line_before(first):
    lines = tabular([first, "b"], [[first, "1"]]).splitlines()
    assert [line for line in lines if first in line] == [
        rf"{{}}{first} & b \\", rf"{{}}{first} & 1 \\",
    ]  # fmt: skip


def test_footnotes_are_bold_where_they_are_and_stand_below():
    below = tabular(["a"], [], notes=NOTES).split(r"\end{tabular}")[1]
    assert r"\textsuperscript{1} \textbf{NOT a\_b}: 50 \% of \texttt{c}" in below


def test_special_signs_are_printed_in_the_default_encoding():
    assert escape("|<>") == r"\textbar{}\textless{}\textgreater{}"
    assert escape("a_b & 50 %") == r"a\_b \& 50 \%"
    assert escape("--x") == "-{}-x"
    assert escape("é") == escape("e\u0301") == r"\'{e}"
    assert escape("\x1b\n") == "  "
    for sign in map(chr, range(32, 127)):
        plain = sign.isalnum() or sign in " !'()*+,-./:;=?@[]"
        assert (escape(sign) == sign) == plain


def test_signs_that_pdflatex_lacks_are_said():
    assert foreign("aé被λб试被") == "被б试"
    assert "% 被 б: compile with LuaLaTeX" in tabular(["被", "б"], [])
    assert "LuaLaTeX" not in tabular(HEADER, ROWS, notes=NOTES)


def compiled(folder, body: str, kind: str) -> str:
    """Compiles a document and returns its log."""
    (folder / "t.tex").write_text(
        rf"\documentclass{kind}\usepackage{{booktabs,graphicx}}\begin{{document}}"
        "\n" + body + "\n\\end{document}\n"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    log = (folder / "t.log").read_text(errors="replace")
    assert run.returncode == 0, log[-2000:]
    return log


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
@pytest.mark.parametrize("kind", ["{article}", "[twocolumn]{article}"])
def test_it_compiles_and_fits(tmp_path, kind):
    log = compiled(tmp_path, tabular(HEADER, ROWS, notes=NOTES), kind)
    assert "Overfull" not in log and "Missing character" not in log
    wide = r"\noindent\begin{tabular}{l}" + "wide " * 60 + r"\end{tabular}"
    assert "Overfull" in compiled(tmp_path, wide, kind)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext")
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
def test_what_is_printed_is_what_was_meant(tmp_path):
    compiled(tmp_path, escape("a|b <c> {d} \\ -- 5%"), "{article}")
    run = subprocess.run(["pdftotext", "t.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    shown = unicodedata.normalize("NFKD", run.stdout.decode())
    assert re.sub(r"\s", "", shown).startswith("a|b<c>{d}\\--5%")
