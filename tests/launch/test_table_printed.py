"""A comparison as the paper prints it."""

from launch import table_printed
from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.rows import Method, Row, Table


def lines(number):
    """Returns the cells of a printed table, its head first."""
    text = table_printed.markdown(TABLES[number]).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text]
    assert len({len(line) for line in cells}) == 1
    return [cells[0], *cells[2:]]


def test_a_table_of_two_class_sets_has_a_column_for_them():
    head, *body = lines("IV")
    assert head == [
        "classes", "method", "type", "venue", "year",
        "CASME II Acc", "CASME II WF1", "SAMM Acc", "SAMM WF1",
    ]  # fmt: skip
    assert len(body) == 22
    assert body[0] == [
        "3", "OFF-ApexNet [45]", "DL+PF+KF", "SPIC", "2019", "88.28", "86.97", "68.18", "54.23",
    ]  # fmt: skip
    assert body[4] == ["3", "MOL", "DL+RI", "–", "–", "91.26", "88.91", "88.36", "82.72"]
    assert body[7] == ["5", "HIGO+Mag [9]", "NDL", "TAFFC", "2018", "67.21", "–", "–", "–"]
    assert [line[0] for line in body] == ["3"] * 5 + ["5"] * 17


def test_a_composite_has_its_parts_side_by_side():
    head, *body = lines("VI")
    assert head[:6] == ["method", "type", "venue", "year", "composite UF1", "composite UAR"]
    assert head[6:] == [f"{n} {m}" for n in ("CASME II", "SAMM", "SMIC") for m in ("UF1", "UAR")]
    assert len(body) == 11
    assert body[9][0] == "SelfME [64]"
    assert body[9][4:] == ["–", "–", "90.78", "92.90", "–", "–", "80.25", "81.51"]


def test_figures_that_another_study_reports_say_so():
    _, *body = lines("VII")
    names = ["STCNN [12]", "CapsuleNet [61]", "MER-GCN [65]", "AU-GACN [21]"]
    assert [line[0] for line in body] == [*(f"{name}, from [21]" for name in names), "MOL"]


def test_two_methods_in_a_row_of_the_same_figures_are_two_lines():
    """And what is run twice is one."""
    rows = [
        Row(name, "", {"acc": "50.00"}, method=Method(name, "1"), classes="3", column="SMIC")
        for name in ("A", "B")
    ]
    again = Row(
        "B", "x", {"acc": "50.00"}, method=Method("B", "1"), classes="3", column="SMIC", again=True
    )
    text = table_printed.markdown(Table("V", "x", ("acc",), (*rows, again)))
    assert text.splitlines()[2:] == [
        "| A [1] | – | – | – | 50.00 |",
        "| B [1] | – | – | – | 50.00 |",
    ]
