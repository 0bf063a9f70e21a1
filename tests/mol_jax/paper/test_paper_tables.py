"""The paper's tables: complete, runnable, and of one mind with what a report quotes."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from mol_jax import tasks
from mol_jax.confusion import per_class
from mol_jax.feasibility import feasible
from mol_jax.feasibility.attainable import search
from mol_jax.paper.paper_rows import BASELINES, METRICS
from mol_jax.paper.paper_tables import TABLES
from tests.mol_jax import published_log

CONFIGS = Path(__file__).parents[3] / "configs"
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


def test_a_pair_that_no_matrix_has_says_so():
    """Every pair on a part of the composite is asked about, on the challenge's clips."""
    noted = set()
    for row in TABLES["VI"].rows:
        if not row.part:
            continue
        view = "3class_megc2019" if row.part == "casme2" else "3class"
        counts = tuple(tasks.find(f"{row.part}/{view}").counts.values())
        windows = {name: feasible.figure(name, text).window for name, text in row.figures.items()}
        answer = search(counts, windows)
        assert answer.decided and (answer.matrix is None) == bool(row.note), row
        assert "/".join(map(str, counts)) in row.note
        for bound in (answer.below, answer.above):
            assert bound is None or f"{100 * bound:.2f}" in row.note
        noted.add(row.part)
    assert noted == {"casme2", "samm", "smic"}


def test_ststnets_uar_is_named_the_mean_precision_it_is():
    (row,) = (row for row in TABLES["VI"].rows if row.label == "STSTNet")
    counts = sum(map(np.array, published_log.CONFUSION.values()))
    each = per_class(counts)
    assert each["precision"].mean() == pytest.approx(float(row.figures["uar"]) / 100, abs=2e-4)
    assert f"{100 * each['recall'].mean():.2f}" in row.note and "mean precision" in row.note


@pytest.mark.parametrize("config", sorted({row.config for _, row in ROWS if row.config}))
def test_a_config_file_quotes_the_same_figures(config):
    known = {figure for _, row in ROWS if row.config for figure in row.figures.values()}
    said = ast.get_docstring(ast.parse((CONFIGS / f"{config}.py").read_text())) or ""
    figures = re.findall(r"(?:Acc|WF1|UF1|UAR|EPE|error|failures) (\d+\.\d+)", said)
    assert set(figures) <= known
