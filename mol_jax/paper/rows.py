"""What a table of the paper is made of: numbers, columns, rows and the config that runs each.

Figures are text, as printed and in the units printed: percent, and px for the flow error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a column is called. Of these, acc to failure_rate are percent and epe is px.
METRICS = {
    "acc": "Acc",
    "wf1": "WF1",
    "uf1": "UF1",
    "uar": "UAR",
    "epe": "EPE, px",
    "nme": "error, %",
    "failure_rate": "failures, %",
}
BASELINES = {
    **{metric: f"flow + SVM {METRICS[metric]}" for metric in ("acc", "wf1", "uf1", "uar")},
    "epe": "zero flow",
    "nme": "mean face",
}


@dataclass(frozen=True)
class Method:
    """A method as the paper lists it.

    reference: its number among the paper's references; it, venue and year are "" for MOL. kind:
    DL or NDL (deep learning or not), PF or RI (from pre-extracted features or raw images), KF (key
    frames needed), joined by "+". reported_by: the reference that its figures are taken from,
    where that is not its own.
    """

    name: str
    reference: str = ""
    venue: str = ""
    year: str = ""
    kind: str = ""
    reported_by: str = ""


@dataclass(frozen=True)
class Row:
    """A method or a variant of MOL, and what is printed of it on one set of clips.

    config: the file below configs/ that runs it, without .py; "" for a row that is only quoted.
    figures: what is printed of it, by the metrics of the table; the paper's "-" is left out. on:
    what it was measured on, where the rows of a table differ in that. part: the dataset of a
    composite that it is of. method, classes, column: where it stands in a comparison, the method
    and the number of classes of its line and the heading over its figures. again: whether another
    config runs what a row above is of already; its line is printed once.
    """

    label: str
    config: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    on: str = ""
    part: str = ""
    method: Method | None = None
    classes: str = ""
    column: str = ""
    again: bool = False

    @property
    def name(self) -> str:
        """Returns its label and what it was measured on, where the label alone is not enough."""
        return f"{self.label} ({self.on})" if self.on else self.label


@dataclass(frozen=True)
class Table:
    """A table: its number in the paper, what it is about, its columns and its rows."""

    number: str
    title: str
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def compares(self) -> bool:
        """Tells whether it lists methods, with their venues and types, rather than MOL's parts."""
        return all(row.method for row in self.rows)


def scores(first: str, second: str, *, metrics: tuple[str, str] = ("acc", "wf1")) -> dict[str, str]:
    """Returns the figures of a row with two."""
    return dict(zip(metrics, (first, second), strict=True))
