"""The paper's tables: complete, runnable, and of one mind with what a report quotes."""

import re
from pathlib import Path

import pytest

from mol_jax import published
from mol_jax.paper_rows import BASELINES, METRICS
from mol_jax.paper_tables import TABLES

CONFIGS = Path(__file__).parents[2] / "configs"
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
        assert set(row.figures) <= set(table.metrics), row
        assert all(re.fullmatch(r"\d+(\.\d+)?", figure) for figure in row.figures.values()), row
        assert not (row.source and row.config), "our rows are beside the paper's"


def test_every_ablation_has_a_row():
    used = {row.config for _, row in ROWS}
    assert {f"ablations/{path.stem}" for path in (CONFIGS / "ablations").glob("*.py")} <= used


def test_figures_of_one_config_agree_between_tables():
    known = {}
    for _, row in ROWS:
        for metric, figure in row.figures.items() if row.config else ():
            assert known.setdefault((row.config, row.part, metric), figure) == figure, row


def test_a_report_quotes_the_same_figures():
    named = {("casme2", 5, 8): "casme2", ("casme2", 3, 8): "casme2_3class", ("samm", 5, 8): "samm"}
    named |= {("samm", 3, 8): "samm_3class", ("smic", 3, 8): "smic"}
    named |= {("casme2", 5, t): f"ablations/frames_{t}" for t in (2, 4, 16)}
    for one in published.ROWS:
        config = named[one.dataset, one.classes, one.frames]
        mine = {k: v for _, row in ROWS if row.config == config for k, v in row.figures.items()}
        theirs = {"acc": one.acc, "wf1": one.wf1, "epe": one.epe, "nme": one.nme}
        theirs |= {"failure_rate": one.failure_rate}
        assert all(float(mine[k]) == value for k, value in theirs.items() if value is not None)
