"""A table as LaTeX that fits where it is put: intervals below their figures, long names folded."""

import re
import textwrap
from collections.abc import Sequence

from mol_jax.text.latex.signs import escape, foreign

LONGEST = 30  # letters of a name in a line
NEEDS = "% needs \\usepackage{booktabs,graphicx}"
_FIGURE = re.compile(r"(?P<figure>.*?\S) (?P<interval>\[[^\[\]]*\]\*?)")


def tabular(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    notes: Sequence[str] = (),
    left: int = 1,
    rules: Sequence[int] = (),
) -> str:
    """Returns a table with its footnotes below; needs the packages booktabs and graphicx.

    left: how many columns are text. rules: the rows that a line stands above. **Bold** in notes is
    bold. A table wider than the line it is put on is made smaller, no other.
    """
    head = _line([_title(cell, k < left) for k, cell in enumerate(header)])
    body = []
    for k, row in enumerate(rows):
        body += [r"\midrule"] if k in rules else []
        body += _row(row, left)
    text = "".join("".join(cells) for cells in (header, *rows, notes))
    unknown = foreign(text)
    said = f"% {' '.join(unknown)}: compile with LuaLaTeX and a font that has them"
    return "\n".join(
        (
            *([said] if unknown else []),
            r"\begingroup\small\noindent\setlength{\tabcolsep}{4pt}%",
            r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
            rf"\begin{{tabular}}{{@{{}}{'l' * left}{'r' * (len(header) - left)}@{{}}}}",
            r"\toprule",
            head,
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}}",
            *([r"\par\smallskip"] if notes else []),
            *(rf"{{\footnotesize\noindent\raggedright {note(text)}\par}}" for text in notes),
            r"\endgroup",
        )
    )


def note(text: str) -> str:
    """Escapes a sentence; what is **bold** in Markdown is bold, `code` is upright."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"\\textbf{\1}", escape(text))
    return re.sub(r"\\textasciigrave\{\}(.+?)\\textasciigrave\{\}", r"\\texttt{\1}", bold)


def _row(row: Sequence[str], left: int) -> list[str]:
    """Returns the lines of a row: its figures, and in a second one their intervals."""
    figures, intervals = [], []
    for k, cell in enumerate(row):
        match = _FIGURE.fullmatch(cell) if k >= left else None
        folded = _name(cell) if k < left else escape(match["figure"] if match else cell)
        figures.append(folded)
        intervals.append(rf"{{\scriptsize {escape(match['interval'])}}}" if match else "")
    return [_line(figures), *([_line(intervals)] if any(intervals) else [])]


def _title(cell: str, is_text: bool) -> str:
    """Returns the title of a column; one of several words stands in several lines."""
    words = cell.split()
    if is_text or len(words) < 2:
        return escape(cell)
    return _stacked(words, "r")


def _name(cell: str) -> str:
    """Returns a name, in several lines where it is long."""
    if len(cell) <= LONGEST:
        return escape(cell)
    return _stacked(textwrap.wrap(cell, LONGEST, break_on_hyphens=False), "l")


def _stacked(lines: Sequence[str], side: str) -> str:
    """Returns lines of one cell, set to a side."""
    inner = r" \\ ".join(_safe(escape(line)) for line in lines)
    return rf"\shortstack[{side}]{{{inner}}}"


def _line(cells: Sequence[str]) -> str:
    """Returns a line of a tabular, whose first sign the rule or line before must not take."""
    return _safe(" & ".join(cells)) + r" \\"


def _safe(text: str) -> str:
    """Keeps a first [ or * from being an argument of the line break before it."""
    return ("{}" if text.lstrip().startswith(("[", "*")) else "") + text
