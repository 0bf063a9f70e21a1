"""A table as text: figures with the paper's digits, notes, and what is left out."""

import dataclasses

import pytest

from launch import table_results, table_text
from launch.table_page import duration
from launch.table_results import Figure
from launch.table_text import Filled
from mol_jax.paper.paper_rows import Row, Table, scores
from mol_jax.paper.paper_tables import TABLES
from tests.mol_jax.fake_run import make_run


@pytest.mark.parametrize(
    ("metric", "figure", "text"),
    [
        ("acc", Figure(79.234), "79.23"),
        ("acc", Figure(79.2, (70.06, 86.44)), "79.20 [70.1, 86.4]"),
        ("acc", Figure(79.2, (70.06, 86.44), sd=1.2), "79.20 ± 1.20 [70.1, 86.4]"),
        ("epe", Figure(0.65, (0.6, 0.7)), "0.650 [0.600, 0.700]"),
    ],
)
def test_figures_have_the_papers_digits(metric, figure, text):
    assert table_text.value(metric, figure) == text


def test_sources_are_numbered_and_named():
    rows = (
        Row("A", "", {"acc": "50.0"}, source="one"),
        Row("B", "", {"acc": "60.0"}, source="two"),
        Row("C", "", {"acc": "61.0"}, source="one"),
        Row("MOL", "casme2", scores("79.23", "75.85")),
    )
    text = table_text.markdown(Filled(Table("IV", "x", ("acc", "wf1"), rows), {}, {}))
    for line in ("| A [1] | 50.0 |", "| B [2] |", "| C [1] |", "- [1] one.", "- [2] two."):
        assert line in text
    assert "| MOL | 79.23 | 75.85 | not run | not run |" in text


def test_a_column_says_on_what_only_where_rows_differ_in_it():
    texts = [table_text.markdown(Filled(TABLES[n], {}, {})) for n in ("IV", "VIII")]
    assert ["| on |" in text for text in texts] == [True, False]


def result(folder, **how):
    make_run(folder, **how)
    return table_results.read(folder)


def test_accuracies_that_are_no_whole_clips_are_named(tmp_path):
    """Of 50 clips 78.00 is 39; 79.23 is none."""
    rows = tuple(Row(acc, "casme2", scores(acc, "70.00")) for acc in ("78.00", "79.23"))
    found = dict.fromkeys((0, 1), result(tmp_path / "run"))
    text = table_text.markdown(Filled(Table("IV", "x", ("acc", "wf1"), rows), found, {}))
    assert "- The paper's Acc 79.23 is no whole number of 50 clips." in text


def test_several_seeds_have_a_spread(tmp_path):
    found = result(tmp_path / "run", seeds=(0, 1, 2))
    text = table_text.markdown(Filled(TABLES["X"], {0: found}, {}))
    assert found.seeds == 3 and found.figures["acc"].sd is not None
    assert f" ± {found.figures['acc'].sd:.2f} [" in text


def test_baselines_stand_beside_flow_and_landmarks(tmp_path):
    found = result(tmp_path / "run")
    flow = table_text.markdown(Filled(TABLES["XIV"], {5: found}, {}))
    assert "zero flow" in flow and "| MOL | 0.650 | 0.445 [0.445, 0.445] | 0.600 |" in flow
    landmarks = table_text.markdown(Filled(TABLES["XV"], {5: found}, {}))
    assert (
        "mean face" in landmarks and "| MOL | 2.35 | 2.13 | 3.00 [3.0, 3.0] | 4.00 |" in landmarks
    )


def test_leaks_stand_beside_the_row_they_are_of(tmp_path):
    clean = result(tmp_path / "run")
    leaks = ("**LEAK: one thing** (a).", "**LEAK: another**.")
    found = {1: dataclasses.replace(clean, leaks=leaks), 2: clean}
    filled = Filled(TABLES["VII"], found, {})
    notes = [one for one in table_text.markdown(filled).splitlines() if "LEAK" in one]
    assert notes == ["- **MOL (SAMM → SMIC):** **LEAK: one thing** (a). **LEAK: another**."]
    lines = [
        dict(zip(table_text.CSV_HEADER, line, strict=True)) for line in table_text.csv_rows(filled)
    ]
    assert {line["note"] for line in lines if line["on"] == "CASME II → SMIC"} == {""}
    assert {line["note"] for line in lines if line["on"] == "SAMM → SMIC"} == {
        "LEAK: one thing (a). LEAK: another."
    }


def test_what_is_known_of_quoted_figures_stands_beside_them():
    filled = Filled(TABLES["VI"], {}, {})
    assert "- STSTNet (composite): the 76.05" in table_text.markdown(filled)
    assert "- MOL (its CASME II): the paper's pair cannot" in table_text.markdown(filled)
    notes = {line[1]: line[-1] for line in table_text.csv_rows(filled)}
    assert "mean precision" in notes["STSTNet"] and not notes["EMR"]


def test_beside_generated_clips_nothing_of_the_paper_is_left():
    """Also in a table none of whose own rows was run."""
    filled = Filled(TABLES["VI"], {}, {}, generated=True)
    text, lines = table_text.markdown(filled), table_text.csv_rows(filled)
    assert "published" not in text and "STSTNet" not in text and "90.08" not in text
    column = dict(zip(table_text.CSV_HEADER, zip(*lines, strict=True), strict=True))
    for name in ("paper", "source", "note"):
        assert set(column[name]) == {""}
    assert len(lines) == 8 and set(column["row"]) == {"MOL"}


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (None, "1000 steps a fold."),
        ({"name": "fixed", "every": 0}, "1000 steps a fold."),
        (
            {"name": "inner", "every": 50},
            "1000 steps a fold at most, chosen by held-in people (selection inner).",
        ),
    ],
)
def test_a_table_says_who_chose_the_step(tmp_path, selection, words):
    found = result(tmp_path / "run")
    kept = {name: value for name, value in found.settings.items() if name != "selection"}
    settings = kept | ({"selection": selection} if selection else {})
    found = dataclasses.replace(found, settings=settings)
    text = table_text.markdown(Filled(TABLES["X"], {0: found}, {}))
    assert next(one for one in text.splitlines() if one.startswith("- Ours:")).endswith(words)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3661, "1 h 01 min")],
)
def test_times_are_written_as_people_say_them(seconds, text):
    assert duration(seconds) == text
