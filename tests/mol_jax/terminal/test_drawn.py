"""Tables and pages fit a terminal of any width, and no figure or name loses a sign."""

import io
import re

import pytest
from rich.console import Console

from mol_jax.terminal.drawn import Drawn
from mol_jax.terminal.page import show
from mol_jax.text.tables import markdown

HEADER = ["%", "this run", "95 % interval", "flow + SVM", "majority", "random", "95 % of guesses"]
ROWS = [
    ["Acc", "33.33", "[33.3, 66.7]", "41.67 [10.0, 60.5]", "66.67", "38.75", "[0.0, 100.0]"],
    ["a[mer]_long|name/被试一", "79.17 ± 1.20", "[7.1, 86.4]", "–", "1.00", "2.00", "[1.0, 2.0]"],
]


def lines(thing, width, **options):
    console = Console(width=width, file=io.StringIO(), **options)
    if isinstance(thing, str):
        show(thing, console)
    else:
        console.print(thing)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [20, 24, 30, 40, 53, 60, 80, 110, 200])
def test_no_figure_is_cut_at_any_width(width):
    text = lines(Drawn(HEADER, ROWS), width)
    assert max(map(len, text)) <= width
    shown = "\n".join(text)
    for figure in re.findall(r"\d+\.\d+", " ".join(map(" ".join, ROWS))):
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", shown), figure
    assert "…" not in shown
    first = "".join(line[1:].split("│")[0].strip() for line in text if line.startswith("│"))
    assert "a[mer]_long|name/被试一" in first or width < 24


def test_a_wide_terminal_has_one_line_a_row_and_a_narrow_one_more_tables():
    assert len(lines(Drawn(HEADER, ROWS), 200)) == 6
    assert sum("┏" in line for line in lines(Drawn(HEADER, ROWS), 110)) == 1
    assert sum("┏" in line for line in lines(Drawn(HEADER, ROWS), 40)) > 1


def test_a_table_of_one_column_and_of_none_are_drawn():
    assert "a" in "".join(lines(Drawn(["a"], [["1"]]), 40))
    assert len(lines(Drawn(["a", "b"], []), 40)) == 4


def test_a_page_is_drawn_with_its_headings_and_cells():
    page = "# a_b [x]\n\n**BOLD** and [plain]\n\n" + markdown(["x|y", "n"], [["p|q", "1.00"]])
    text = "\n".join(lines(page, 60))
    assert "┃ x|y ┃    n ┃" in text and "│ p|q │ 1.00 │" in text
    assert "# " not in text and "**" not in text
    assert "a_b [x]" in text and "BOLD and [plain]" in text


def test_a_long_path_is_folded_not_cut():
    path = "/a/very/long/" + "path" * 20 + ".csv"
    assert "".join(lines(f"# {path}", 30)) == path
