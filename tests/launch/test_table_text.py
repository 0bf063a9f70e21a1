"""A table as text: figures with the paper's digits, notes, and what is left out."""

import dataclasses

import pytest

from launch import table_results, table_text
from launch.table_page import duration
from launch.table_results import Figure
from launch.table_text import Filled, csv_rows
from mol_jax.paper.mol.tables import TABLES
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


def test_a_quoted_method_has_its_reference():
    text = table_text.markdown(Filled(TABLES["XIV"], {}, {}))
    assert "| RAFT [67] | 0.465 |" in text and "| MOL | 0.650 | not run |" in text
    assert "As the paper prints it" not in text


def test_a_comparison_is_printed_first_and_only_what_is_run_stands_beside_ours():
    text = table_text.markdown(Filled(TABLES["V"], {}, {}))
    printed, beside = text.split(table_text.OURS.format("MOL"))
    assert "| SLSTT [53] | DL+PF | TAFFC | 2022 | 73.17 | 72.40 |" in printed
    assert "| MOL | SMIC | 80.71 | 78.81 | not run |  | not run |  |" in beside
    assert "[53]" not in beside and beside.count("| MOL |") == 1


def test_both_sets_of_three_classes_stand_beside_the_figures_of_one_line(tmp_path):
    found = {8: result(tmp_path / "run")}  # TABLES["IV"].rows[8] is the first MOL
    text = table_text.markdown(Filled(TABLES["IV"], found, {}))
    assert (
        text.split(table_text.OURS.format("MOL"))[0].count("| MOL |") == 2
    )  # of three classes and of five
    lines = [line for line in text.splitlines() if line.startswith("| MOL | CASME II, 3 classes")]
    assert [line.count("not run") for line in lines] == [0, 2]
    assert all("| 91.26 | 88.91 |" in line for line in lines)
    assert "MOL is run on both." in text


def test_a_column_says_on_what_only_where_rows_differ_in_it():
    texts = [table_text.markdown(Filled(TABLES[n], {}, {})) for n in ("IV", "VIII")]
    assert ["| on |" in text for text in texts] == [True, False]


def result(folder, **how):
    make_run(folder, **how)
    return table_results.read(folder)


def test_accuracies_that_are_no_whole_clips_are_named():
    text = table_text.markdown(Filled(TABLES["X"], {}, {}))
    note = (
        "Acc that is no whole number of 243, 246, 247 or 249 clips: MOL: 1 79.23, 2 78.68, 3 78.27."
    )
    assert f"- {note}" in text


def test_several_seeds_have_a_spread(tmp_path):
    found = result(tmp_path / "run", seeds=(0, 1, 2))
    text = table_text.markdown(Filled(TABLES["X"], {0: found}, {}))
    assert found.seeds == 3 and found.figures["acc"].sd is not None
    assert f" ± {found.figures['acc'].sd:.2f} [" in text


def test_the_svm_stands_beside_every_score_of_ours(tmp_path):
    found = result(tmp_path / "run")
    text = table_text.markdown(Filled(TABLES["X"], {0: found}, {}))
    assert "| our Acc [95 %] | flow + SVM Acc | our WF1 [95 %] | flow + SVM WF1 |" in text
    acc, wf1 = (found.figures[name].baseline for name in ("acc", "wf1"))
    assert 50 < acc < 100 and f"] | {acc:.2f} |" in text and f"] | {wf1:.2f} |" in text
    unknown = result(tmp_path / "without", svm=None)
    assert "] | – |" in table_text.markdown(Filled(TABLES["X"], {0: unknown}, {}))


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
    found = {8: clean, 9: dataclasses.replace(clean, leaks=leaks)}  # MOL's rows, the last two
    filled = Filled(TABLES["VII"], found, {})
    notes = [one for one in table_text.markdown(filled).splitlines() if "LEAK" in one]
    assert notes == ["- **MOL (SAMM → SMIC):** **LEAK: one thing** (a). **LEAK: another**."]
    lines = [
        dict(zip(table_text.CSV_HEADER, line, strict=True)) for line in table_text.csv_rows(filled)
    ]
    ours = {line["on"]: line["note"] for line in lines if line["row"] == "MOL"}
    assert "LEAK" not in ours["CASME II → SMIC"]
    assert ours["SAMM → SMIC"].startswith("LEAK: one thing (a). LEAK: another. Acc 44.58 is no ")


def test_what_is_known_of_quoted_figures_stands_beside_them():
    filled = Filled(TABLES["VI"], {}, {})
    text = table_text.markdown(filled)
    assert "- STSTNet (its CASME II): UF1 83.82 is not possible at UAR 86.86" in text
    assert "- MOL (its CASME II): UF1 90.08 is not possible at UAR 89.92" in text
    lines = [dict(zip(table_text.CSV_HEADER, line, strict=True)) for line in csv_rows(filled)]
    notes = {(line["row"], line["on"]): line["note"] for line in lines}
    assert notes["MicroNet", "its SMIC"].startswith("UF1 86.4 is not possible")
    assert notes["MicroNet", "composite"] == "" and len([n for n in notes.values() if n]) == 10


def test_the_csv_says_where_a_method_is_from():
    lines = [
        dict(zip(table_text.CSV_HEADER, line, strict=True))
        for number in ("VII", "VIII", "XIV")
        for line in csv_rows(Filled(TABLES[number], {}, {}))
    ]
    about = {
        (line["table"], line["row"]): [
            line[name] for name in ("reference", "venue", "year", "type", "source")
        ]
        for line in lines
        if line["paper"]
    }
    paper = "Shao et al. 2025"
    assert about["VII", "STCNN"] == ["12", "IJCNN", "2019", "DL+RI", f"{paper}, from its [21]"]
    assert about["VII", "MOL"] == ["", "", "", "DL+RI", paper]
    assert about["VIII", "without flow"] == ["", "", "", "", paper]
    assert about["XIV", "RAFT"] == ["67", "ECCV", "2020", "", paper]


def test_beside_generated_clips_nothing_of_the_paper_is_left():
    """Also in a table none of whose own rows was run."""
    filled = Filled(TABLES["VI"], {}, {}, generated=True)
    text, lines = table_text.markdown(filled), table_text.csv_rows(filled)
    for word in ("published", "STSTNet", "90.08", "not possible", "As the paper"):
        assert word not in text
    column = dict(zip(table_text.CSV_HEADER, zip(*lines, strict=True), strict=True))
    for name in ("paper", "source", "note"):
        assert set(column[name]) == {""}
    assert len(lines) == 8 and set(column["row"]) == {"MOL"}


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        ({"name": "fixed", "every": 0}, "1000 steps a fold."),
        (
            {"name": "inner", "every": 50},
            "1000 steps a fold at most, chosen by held-in people (selection inner).",
        ),
    ],
)
def test_a_table_says_who_chose_the_step(tmp_path, selection, words):
    found = result(tmp_path / "run")
    found = dataclasses.replace(found, settings=dict(found.settings) | {"selection": selection})
    text = table_text.markdown(Filled(TABLES["X"], {0: found}, {}))
    assert next(one for one in text.splitlines() if one.startswith("- Ours:")).endswith(words)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3661, "1 h 01 min")],
)
def test_times_are_written_as_people_say_them(seconds, text):
    assert duration(seconds) == text
