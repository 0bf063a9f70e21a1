"""What is noted of the paper's figures is what the search finds, for all methods alike."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from mol_jax.paper import answers, attainable
from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.papers import PAPERS
from mol_jax.scoring.confusion import per_class
from tests.mol_jax import published_log

IMPOSSIBLE = {
    "LBP-TOP (its SMIC)",
    "OFF-ApexNet (its CASME II)",
    "CapsuleNet (its SAMM)",
    "STSTNet (its CASME II)",
    "STSTNet (its SAMM)",
    "MicroNet (its SMIC)",
    "SelfME (its CASME II)",
    "MOL (its CASME II)",
    "MOL (its SAMM)",
    "MOL (its SMIC)",
}


def kept(row, clips=None):
    """Returns the answer that is shipped about a row, on some clips where there are several."""
    (answer,) = (a for a in answers.read("mol") if a.row == row and clips in (None, a.clips))
    return answer


def test_every_figure_is_asked_about():
    """Each pair of Table VI once, each accuracy at every known number of clips."""
    asked = Counter((answer.table, answer.row) for answer in answers.read("mol"))
    wanted = {
        (table.number, row.name)
        for table in TABLES.values()
        for row in table.rows
        if not row.again and row.figures.keys() & {"acc", "uf1"}
    }
    assert asked.keys() == wanted
    assert {n for (table, _), n in asked.items() if table == "VI"} == {1}
    assert asked["IV", "AU-GACN (CASME II, 3 classes)"] == 4
    assert asked["IV", "DSSN (SAMM, 5 classes)"] == 2 and asked["V", "MOL (SMIC)"] == 1


def test_the_pairs_that_cannot_be():
    assert {
        a.row for a in answers.read("mol") if "/" in a.clips and a.rounded == "no"
    } == IMPOSSIBLE
    assert all(answer.rounded in ("yes", "no") for answer in answers.read("mol"))


@pytest.mark.parametrize(
    ("row", "clips", "below", "above", "cut", "means"),
    [
        ("MOL (its SMIC)", "70/51/43", "74.11", "", "no", "no"),
        ("LBP-TOP (its SMIC)", "70/51/43", "", "39.83", "no", "no"),
        ("STSTNet (its SAMM)", "92/26/15", "65.87", "65.91", "yes", ""),
        ("MOL (its CASME II)", "88/32/25", "89.47", "90.28", "no", ""),
    ],
)
def test_an_answer_is_found_again(row, clips, below, above, cut, means):
    answer = kept(row)
    assert (answer.clips, answer.below, answer.above) == (clips, below, above)
    assert (answer.cut_off, answer.means) == (cut, means)
    again = attainable.answer(answer.table, answer.row, answer.figures, answer.clips)
    assert again == answer


@pytest.mark.slow
def test_all_answers_are_found_again():
    found = attainable.text(attainable.answers(TABLES.values()))
    assert found == answers.file_of("mol").read_text(encoding="utf-8")


def test_off_apexnets_pair_is_out_of_reach_of_every_matrix():
    """The search's own answer, by going through all matrices with that UAR."""
    counts = np.array([88, 32, 25])
    right = np.indices(counts + 1).reshape(3, -1).T
    right = right[np.abs((right / counts).mean(1) - 0.8681) <= 5e-5]
    uf1 = []
    for d in right:
        wrong = counts - d
        a, b, c = np.indices(wrong + 1).reshape(3, -1)  # of each class, said to be the next one
        said = np.stack((c + wrong[1] - b, a + wrong[2] - c, b + wrong[0] - a), 1)
        uf1.append((2 * d / (counts + d + said)).mean(1))
    found = np.unique(np.concatenate(uf1).round(9))
    assert len(found) > 100  # there are matrices, on both sides
    nearest = 100 * found[np.searchsorted(found, 0.8764) + np.array([-1, 0])]
    assert list(nearest.round(2)) == [87.63, 87.65]


def test_zeros_that_end_all_figures_of_a_method_are_not_digits():
    assert kept("MicroNet (its CASME II)").figures == "uf1=87.0,uar=87.2"
    assert kept("MOL (its SAMM)").figures == "uf1=89.72,uar=89.00"
    assert kept("SparseSampling (CASME II, 5 classes)", "246").figures == "acc=49"
    assert kept("Graph-TCN (SAMM, 5 classes)", "136").figures == "acc=75.00"


def test_accuracies_that_are_whole_numbers_of_known_clips():
    """117 of 157 are 74.52, 102 of 136 are 75.00, 166 of 247 are 67.21, 130 of 145 are 89.655."""
    found = [kept("Graph-TCN (SAMM, 5 classes)", clips).rounded for clips in ("136", "157")]
    assert found == ["yes", "no"]
    assert kept("HIGO+Mag (CASME II, 5 classes)", "247").rounded == "yes"
    answer = kept("MER-Supcon (CASME II, 3 classes)", "145")
    assert (answer.rounded, answer.cut_off) == ("no", "yes")


def row_of(number, name):
    return next(row for row in TABLES[number].rows if row.name == name)


@pytest.mark.parametrize(
    ("number", "name", "text"),
    [
        (
            "VI",
            "MOL (its SMIC)",
            "UF1 81.00 is not possible at UAR 72.34 for 70/51/43 clips per class (there it is "
            "74.11 or less), nor as means of such runs.",
        ),
        (
            "VI",
            "CapsuleNet (its SAMM)",
            "UF1 62.09 is not possible at UAR 59.89 for 92/26/15 clips per class (there it is "
            "61.63 or less, or about 62.40 or more), unless digits are cut off instead of rounded.",
        ),
        ("VI", "MOL (composite)", ""),
        (
            "IV",
            "MER-Supcon (CASME II, 3 classes)",
            "Acc 89.65 is no whole number of 145, 147, 150 or 156 clips, unless cut off to it of "
            "145.",
        ),
        ("IV", "HIGO+Mag (CASME II, 5 classes)", ""),
        (
            "IV",
            "MOL (CASME II, 3 classes, wide set)",
            "Acc 91.26 is no whole number of 145, 147, 150 or 156 clips.",
        ),
        ("XIV", "MOL", ""),
    ],
)
def test_a_note_says_what_cannot_be(number, name, text):
    assert answers.note(TABLES[number], row_of(number, name)) == text


def test_the_notes_of_a_table_are_of_all_methods_alike():
    noted = {note.partition(":")[0] for note in answers.notes(TABLES["VI"])}
    assert noted == IMPOSSIBLE
    assert answers.notes(TABLES["V"]) == [
        "SMIC: Acc that is no whole number of 164 clips: Dynamic 76.06, MOL 80.71."
    ]
    first = answers.notes(TABLES["IV"])[0]
    assert first.startswith("CASME II, 3 classes: Acc") and "MER-Supcon 89.65 (of 145 if" in first
    assert answers.notes(TABLES["XIV"]) == []


def test_ststnets_uar_is_the_mean_precision_of_its_own_log():
    """With its recall instead, the log's pair is possible, of course; with what is printed not."""
    for part, name in (("casme2", "STSTNet (its CASME II)"), ("samm", "STSTNet (its SAMM)")):
        each = per_class(np.array(published_log.CONFUSION[part]))
        row = row_of("VI", name)
        uar = float(row.figures["uar"])
        assert 100 * each["precision"].mean() == pytest.approx(uar, abs=0.02)
        assert abs(100 * each["recall"].mean() - uar) > 3
        assert answers.note(TABLES["VI"], row)
        figures = f"uf1={row.figures['uf1']},uar={100 * each['recall'].mean():.2f}"
        assert attainable.answer("VI", name, figures, kept(name).clips).rounded == "yes"


def test_the_command_writes_what_it_finds(monkeypatch, tmp_path, capsys):
    small = dataclasses.replace(PAPERS["mol"], tables={"V": TABLES["V"]})
    monkeypatch.setattr(attainable, "PAPERS", {"mol": small})
    monkeypatch.setattr(attainable, "file_of", lambda paper: tmp_path / "attainable.csv")
    assert attainable.main([]) == 0
    assert "MOL: 11 questions, 2 with the answer no" in capsys.readouterr().out
    lines = (tmp_path / "attainable.csv").read_text().splitlines()
    assert set(lines) <= set(answers.file_of("mol").read_text().splitlines()) and len(lines) == 12
    assert attainable.main(["V"]) == 2
    assert "unrecognized arguments: V; see" in capsys.readouterr().err
    (tmp_path / "file").touch()
    monkeypatch.setattr(attainable, "file_of", lambda paper: tmp_path / "file" / "attainable.csv")
    assert attainable.main([]) == 2
    assert "could not be written: it lies beside the code" in capsys.readouterr().err
