"""A comparison of a paper as it prints it: a line for each method, and no figure of ours."""

from collections.abc import Sequence
from itertools import groupby

from mol_jax.paper.rows import METRICS, Method, Row, Table
from mol_jax.text import tables

_ABSENT = "–"


def markdown(table: Table) -> str:
    """Returns a comparison with its methods, their types, venues and years, in the paper's order.

    A column says of how many classes a line is where the lines differ in that. Where nothing is
    known of any method but its name, there are no columns for the rest.
    """
    columns = list(dict.fromkeys(row.column for row in table.rows))
    several = len({row.classes for row in table.rows}) > 1
    known = any(row.method != Method(row.label) for row in table.rows)
    header = ["classes"] * several + ["method"] + ["type", "venue", "year"] * known
    header += [f"{column} {METRICS[metric]}" for column in columns for metric in table.metrics]
    of_lines = groupby(table.rows, key=lambda row: (row.classes, row.method))
    lines = [
        [classes] * several
        + _about(method)[: 1 + 3 * known]
        + _figures(list(group), columns, table.metrics)
        for (classes, method), group in of_lines
        if method
    ]
    return tables.markdown(header, lines, left=1 + 3 * known + several)


def named(row: Row) -> str:
    """Returns a row's label, for another's method with its reference: RAFT [67]."""
    return _named(row.method) if row.method else row.label


def _named(method: Method) -> str:
    return f"{method.name} [{method.reference}]" if method.reference else method.name


def _about(method: Method) -> list[str]:
    quoted = f", from [{method.reported_by}]" if method.reported_by else ""
    about = (f"{_named(method)}{quoted}", method.kind, method.venue, method.year)
    return [text or _ABSENT for text in about]


def _figures(rows: Sequence[Row], columns: Sequence[str], metrics: Sequence[str]) -> list[str]:
    """Returns the figures of one line; "–" where the paper has none."""
    of_column = {row.column: row.figures for row in rows}
    return [
        of_column.get(column, {}).get(metric, _ABSENT) for column in columns for metric in metrics
    ]
