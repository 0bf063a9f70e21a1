"""Tables IV to VII of the paper: MOL beside other methods, on single datasets and across them.

The figures are those of comparisons.csv, whose lines are the paper's lines in its order: a column
for each heading over a pair of figures, Acc and WF1, or UF1 and UAR in Table VI, and "-" where the
paper has one.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from mol_jax.paper.rows import Method, Row, Table

with Path(__file__).with_name("comparisons.csv").open(newline="", encoding="utf-8") as _file:
    _LINES = list(csv.DictReader(_file))

_OF_METHOD = ("method", "reference", "venue", "year", "type", "reported_by")
_METRICS = {"VI": ("uf1", "uar")}
# The columns of comparisons.csv that each table has, in its order.
_COLUMNS = {
    "IV": ("casme2", "samm"),
    "V": ("smic",),
    "VI": ("composite", "casme2", "samm", "smic"),
    "VII": ("casme2_to_smic", "samm_to_smic"),
}
_HEADINGS = {
    "composite": "composite",
    "casme2": "CASME II",
    "samm": "SAMM",
    "smic": "SMIC",
    "casme2_to_smic": "CASME II → SMIC",
    "samm_to_smic": "SAMM → SMIC",
}
# What runs MOL's lines, by table, classes and column.
_CONFIGS = {
    ("IV", "3", "casme2"): "casme2_3class",
    ("IV", "3", "samm"): "samm_3class",
    ("IV", "5", "casme2"): "casme2",
    ("IV", "5", "samm"): "samm",
    ("V", "3", "smic"): "smic",
    ("VI", "3", "composite"): "composite",
    ("VI", "3", "casme2"): "composite",
    ("VI", "3", "samm"): "composite",
    ("VI", "3", "smic"): "composite",
    ("VII", "3", "casme2_to_smic"): "cross",
    ("VII", "3", "samm_to_smic"): "samm_to_smic",
}
# Further configs of one of them, and what they were measured on.
_AGAIN = {("IV", "3", "casme2"): [("casme2_3class_wide", "CASME II, 3 classes, wide set")]}

_WIDE = (
    "The paper does not say which three-class set of CASME II is its own. The people its authors' "
    "release lists are 25, with sub10 and without sub18: so has the wide set (156 clips, sadness "
    "and fear are negative too), while the set of MEGC2019 (145 clips of 24 people) has no clip of "
    "sub10. MOL is run on both."
)
_QUOTED = "The paper takes the other methods' figures from [21]."


def _table(number: str, title: str, *notes: str) -> Table:
    """Returns a table with a row for each pair of figures that the paper prints, in its order."""
    metrics = _METRICS.get(number, ("acc", "wf1"))
    lines = [line for line in _LINES if line["table"] == number]
    rows = [
        row for line in lines for column in _COLUMNS[number] for row in _cell(line, column, metrics)
    ]
    return Table(number, title, metrics, tuple(rows), notes)


def _cell(line: Mapping[str, str], column: str, metrics: tuple[str, str]) -> Iterator[Row]:
    """Yields the row of a pair of figures, one more for each further config that runs it."""
    printed = zip(metrics, line[column].split("/"), strict=True)
    figures = {metric: text for metric, text in printed if text != "-"}
    if not figures:
        return
    method = Method(*(line[name] for name in _OF_METHOD))
    place = (line["table"], line["classes"], column)
    on, part = _measured(*place)
    own = [(_CONFIGS[place], on), *_AGAIN.get(place, ())] if method.name == "MOL" else [("", on)]
    for config, where in own:
        yield Row(
            method.name,
            config,
            figures,
            where,
            part,
            method=method,
            classes=line["classes"],
            column=_HEADINGS[column],
            again=where != on,
        )


def _measured(number: str, classes: str, column: str) -> tuple[str, str]:
    """Returns on what the figures of a column were measured, and the part of a composite."""
    on = _HEADINGS[column]
    if number == "IV":
        return f"{on}, {classes} classes", ""
    if number == "VI" and column != "composite":
        return f"its {on}", column
    return on, ""


COMPARISONS = (
    _table("IV", "CASME II and SAMM, three and five classes", _WIDE),
    _table("V", "SMIC, three classes"),
    _table("VI", "the MEGC2019 composite and its parts, three classes"),
    _table("VII", "across datasets, three classes", _QUOTED),
)
