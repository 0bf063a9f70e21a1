"""FRL-DGT's tables hold what its paper prints, to the last digit, and every row can be run."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from mol_jax.paper.frl_dgt.tables import TABLES
from mol_jax.paper.mol.tables import TABLES as MOL

CONFIGS = Path(__file__).parents[4] / "configs"
PARTS = {"Full": "composite", "SMIC": "SMIC", "SAMM": "SAMM", "CASME II": "CASME II"}


def printed(number):
    """Returns the rows of a table that the paper prints, each once."""
    return [row for row in TABLES[number].rows if not row.again]


@pytest.mark.parametrize(
    ("number", "rows", "sums"),
    [
        ("1", 48, {"uf1": "34.649", "uar": "34.950"}),
        ("2", 40, {"uf1": "30.857", "uar": "30.288"}),
        ("3", 6, {"uf1": "3.645", "uar": "2.995", "acc": "3.858"}),
        ("moved", 8, {"uf1": "6.538", "uar": "6.453"}),
    ],
)
def test_no_digit_differs(number, rows, sums):
    """The sums of each column, added up apart from these files."""
    assert len(printed(number)) == rows and TABLES[number].metrics == tuple(sums)
    for metric, total in sums.items():
        figures = [row.figures[metric] for row in printed(number) if metric in row.figures]
        assert all(re.fullmatch(r"0\.\d{3}", text) for text in figures)
        assert str(sum(map(Decimal, figures))) == total


def test_a_line_has_the_figures_of_its_columns():
    for number, label in (("1", "FRL-DGT"), ("2", "M9: FRL-DGT")):
        rows = [row for row in TABLES[number].rows if row.label == label]
        assert {row.column: " ".join(row.figures.values()) for row in rows} == {
            "Full": "0.812 0.811",
            "SMIC": "0.743 0.749",
            "SAMM": "0.772 0.758",
            "CASME II": "0.919 0.903",
        }
        assert [row.part for row in rows] == ["", "smic", "samm", "casme2"]
        assert {row.config for row in rows} == {"networks/frl_dgt"}
    (row,) = (r for r in printed("3") if (r.label, r.classes) == ("STRCN-A", "4"))
    assert row.figures == {"uf1": "0.542", "acc": "0.560"} and not row.config


def test_mols_paper_quotes_the_same_figures():
    """Of the methods that both list, with a digit more: 81.20 is 0.812."""
    known = {
        (row.label, row.column, metric): Decimal(text)
        for row in MOL["VI"].rows
        for metric, text in row.figures.items()
    }
    seen = set()
    for row in TABLES["1"].rows:
        for metric, text in row.figures.items():
            there = known.get((row.label, PARTS[row.column], metric))
            if there is not None:
                assert abs(there - 100 * Decimal(text)) <= Decimal("0.05"), (row.name, metric)
                seen.add(row.label)
    assert seen == {"LBP-TOP", "Bi-WOOF", "CapsuleNet", "STSTNet", "FRL-DGT"}


def test_the_variants_are_in_the_papers_order():
    labels = list(dict.fromkeys(row.label.partition(":")[0] for row in TABLES["2"].rows))
    assert labels == [f"M{k}" for k in range(10)]


def test_a_row_is_run_or_quoted_and_what_is_run_is_of_a_config_file():
    rows = [row for table in TABLES.values() for row in table.rows]
    assert all((CONFIGS / f"{row.config}.py").is_file() for row in rows if row.config)
    own = [row for row in rows if row.label.startswith(("FRL-DGT", "M"))]
    assert all(row.config for row in own if row.label not in {"MERSiamC3D", "ME-PLAN"})
    assert all(row.figures for row in rows)


def test_a_second_run_of_a_line_has_its_figures_and_another_name():
    again = [row for row in TABLES["2"].rows if row.again]
    first = [row for row in TABLES["2"].rows if row.config == "frl_dgt/m3"]
    assert [row.figures for row in again] == [row.figures for row in first]
    assert {row.config for row in again} == {"frl_dgt/m3_none"}
    names = [row.name for table in TABLES.values() for row in table.rows]
    assert len({row.name for row in TABLES["2"].rows}) == len(TABLES["2"].rows)
    assert not any(table.compares for table in TABLES.values() if table.number == "moved"), names


def test_the_key_frames_move_both_ways_where_the_paper_does_not_say():
    moved = {row.moved: row.figures["uf1"] for row in TABLES["moved"].rows if row.moved}
    assert moved[0.1, 0.0] == "0.848" and moved[0.0, 0.3] == moved[0.0, -0.3] == "0.814"
    assert len(moved) == 9 and (-0.1, 0.0) not in moved
