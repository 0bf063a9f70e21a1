"""What one prediction per video cannot give of FRL-DGT's figures, found again."""

import numpy as np
import pytest

from mol_jax.paper import answers, attainable
from mol_jax.paper.frl_dgt.tables import TABLES
from mol_jax.scoring.feasible import answer as feasible
from mol_jax.scoring.feasible.question import figure, read
from mol_jax.scoring.feasible.right_clips import right_clips

FOUND = answers.read("frl_dgt")
M7 = "M7: without local fusion"


def test_every_figure_is_asked_about():
    for table in TABLES.values():
        for row in (row for row in table.rows if not row.again):
            kinds = {"/" in a.clips for a in FOUND if (a.table, a.row) == (table.number, row.name)}
            asked = ({True} if {"uf1", "uar"} <= row.figures.keys() else set()) | (
                {False} if "acc" in row.figures else set()
            )
            assert kinds == asked, row.name
    assert {answer.rounded for answer in FOUND} == {"yes", "no"}


def test_the_pairs_that_cannot_be():
    """None of the variants, and of all methods two."""
    never = {a.row for a in FOUND if "/" in a.clips and a.rounded == "no"}
    assert never == {"LBP-TOP (SMIC)", "RCN-A (SAMM)", M7}
    joint = [a for a in FOUND if answers.BETWEEN in a.clips]
    assert [a.row for a in joint if a.rounded == "no" and a.cut_off == "yes"] == [M7]
    assert len(joint) == 10 + 10  # of Table 1's twelve lines two have a pair that cannot be


@pytest.mark.parametrize("row", ["RCN-A (SAMM)", "M9: FRL-DGT (CASME II)"])
def test_an_answer_is_found_again(row):
    (answer,) = (one for one in FOUND if one.row == row)
    again = attainable.answer(answer.table, answer.row, answer.figures, answer.clips)
    assert again == answer


@pytest.mark.slow
def test_all_answers_are_found_again():
    found = attainable.text(attainable.answers(TABLES.values()))
    assert found == answers.file_of("frl_dgt").read_text(encoding="utf-8")


def test_m9_on_casme2_leaves_one_choice_of_right_clips():
    """By going through every number of right clips, and every spread of the wrong ones."""
    counts = np.array([88, 32, 25])
    right = np.indices(counts + 1).reshape(3, -1).T
    hits = set()
    for d in right[np.abs((right / counts).mean(1) - 0.903) <= 5e-4]:
        wrong = counts - d
        a, b, c = np.indices(wrong + 1).reshape(3, -1)  # of each class, said to be the next one
        said = np.stack((c + wrong[1] - b, a + wrong[2] - c, b + wrong[0] - a), 1)
        if (np.abs((2 * d / (counts + d + said)).mean(1) - 0.919) <= 5e-4).any():
            hits.add(tuple(map(int, d)))
    assert hits == {(86, 26, 23)}
    assert "86 of 88, 26 of 32 and 23 of 25 clips right" in " ".join(TABLES["2"].notes)


def test_the_five_class_accuracies_share_no_number_of_clips_but_these():
    windows = [figure("acc", text).window for text in ("0.757", "0.594")]
    both = [n for n in range(100, 256) if all(right_clips(n, window) for window in windows)]
    assert both == [202, 239, 251]
    assert all(str(n) in " ".join(TABLES["3"].notes) for n in both)
    assert not any(right_clips(246, window) for window in windows)


@pytest.mark.parametrize(
    ("figures", "right"),
    [("uf1=0.750,uar=0.732,acc=0.780", 199), ("uf1=0.562,uar=0.549,acc=0.643", 164)],
)
def test_the_four_class_figures_are_possible_together(figures, right):
    found = feasible.answer(read(f"{figures},task=casme2/4class"))
    assert found["possible"] and np.trace(found["matrix"]) == right


def note(number, name):
    table = TABLES[number]
    return answers.note(table, next(row for row in table.rows if row.name == name))


def test_notes_are_written_in_fractions():
    assert note("1", "LBP-TOP (SMIC)") == (
        "UF1 0.200 is not possible at UAR 0.528 for 70/51/43 clips per class (there it is about "
        "0.375 or more), nor as means of such runs."
    )
    assert "(there it is 0.747 or less)" in note("1", "RCN-A (SAMM)")
    assert note("2", "M9: FRL-DGT (CASME II)") == note("moved", "none (CASME II)") == ""


def test_a_line_whose_pairs_exclude_one_another_says_so_at_each():
    text = (
        "each of the 4 pairs is possible, but one run cannot have all of them, unless digits are "
        "cut off instead of rounded."
    )
    assert note("2", f"{M7} (Full)") == note("2", f"{M7} (SMIC)") == text
    assert answers.notes(TABLES["2"]) == [f"{M7}: {text}"]
    assert [text.partition(":")[0] for text in answers.notes(TABLES["1"])] == [
        "LBP-TOP (SMIC)",
        "RCN-A (SAMM)",
    ]


def test_an_accuracy_that_is_no_whole_number_is_named():
    assert answers.notes(TABLES["3"]) == [
        "CASME II, 4 classes: Acc that is no whole number of 255 clips: STRCN-A 0.560 (of 255 if "
        "cut off instead of rounded)."
    ]
    clips = {a.clips: a.rounded for a in FOUND if a.row == "FRL-DGT (CASME II, 5 classes)"}
    assert clips["246"] == "no" and clips["247"] == "yes"
