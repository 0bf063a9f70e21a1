"""The paper's tables: complete, runnable, and of one mind with what a report quotes."""

import ast
import re
from pathlib import Path

import pytest

from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.rows import BASELINES, METRICS

CONFIGS = Path(__file__).parents[4] / "configs"
ROWS = [(table, row) for table in TABLES.values() for row in table.rows]
NUMBERS = ["IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"]


def test_the_tables_are_those_of_the_experiments_in_order():
    assert list(TABLES) == NUMBERS
    assert [table.number for table in TABLES.values()] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_every_row_has_a_config_file_or_a_quoted_figure(number):
    table = TABLES[number]
    assert set(table.metrics) <= set(METRICS) and set(BASELINES) <= set(METRICS)
    for row in table.rows:
        assert not row.config or (CONFIGS / f"{row.config}.py").is_file(), row
        assert row.config or row.figures, row
        assert row.config or row.method, "a quoted figure has a method"
        assert set(row.figures) <= set(table.metrics), row
        assert all(re.fullmatch(r"\d+(\.\d+)?", figure) for figure in row.figures.values()), row


def test_every_ablation_has_a_row():
    used = {row.config for _, row in ROWS}
    assert {f"ablations/{path.stem}" for path in (CONFIGS / "ablations").glob("*.py")} <= used


def test_figures_of_one_config_agree_between_tables():
    known = {}
    for _, row in ROWS:
        for metric, figure in row.figures.items() if row.config else ():
            assert known.setdefault((row.config, row.part, metric), figure) == figure, row


@pytest.mark.parametrize("config", sorted({row.config for _, row in ROWS if row.config}))
def test_a_config_file_quotes_the_same_figures(config):
    known = {figure for _, row in ROWS if row.config for figure in row.figures.values()}
    said = ast.get_docstring(ast.parse((CONFIGS / f"{config}.py").read_text())) or ""
    figures = re.findall(r"(?:Acc|WF1|UF1|UAR|EPE|error|failures) (\d+\.\d+)", said)
    assert set(figures) <= known
