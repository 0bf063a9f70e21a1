"""What a table of a paper is made of: numbers, columns, rows and the config that runs each.

Figures are text, as printed and in the units printed: percent or fractions, px for the flow error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a column is called. Of these, epe is px, and the others are percent or fractions.
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

    reference: its number among the paper's references; it, venue and year are "" for the paper's
    own method, and where they are not known. kind: DL or NDL (deep learning or not), PF or RI (from
    pre-extracted features or raw images), KF (key frames needed), joined by "+". reported_by: the
    reference that its figures are taken from, where that is not its own.
    """

    name: str
    reference: str = ""
    venue: str = ""
    year: str = ""
    kind: str = ""
    reported_by: str = ""


@dataclass(frozen=True)
class Row:
    """A method or a variant of one, and what is printed of it on one set of clips.

    config: the file below configs/ that runs it, without .py; "" for a row that is only quoted.
    figures: what is printed of it, by the metrics of the table; the paper's "-" is left out. on:
    what it was measured on, where the rows of a table differ in that. part: the dataset of a
    composite that it is of. method, classes, column: where it stands in a comparison, the method
    and the number of classes of its line and the heading over its figures. again: whether another
    config runs what a row above is of already; its line is printed once. moved: the shares of the
    way from onset to apex by which the onset and the apex that the run's networks see are moved.
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
    moved: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        """Returns its label and what it was measured on, where the label alone is not enough."""
        return f"{self.label} ({self.on})" if self.on else self.label


@dataclass(frozen=True)
class Table:
    """A table: its number in the paper, what it is about, its columns and its rows.

    paper: by its name in `mol_jax.paper.papers`. fractions: whether its scores are fractions rather
    than percent. joint: whether the pairs of a line on a composite and on its parts are asked for
    together as well (`mol_jax.paper.attainable`). numbered: False for what stands in the text.
    """

    number: str
    title: str
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    paper: str = "mol"
    fractions: bool = False
    joint: bool = False
    numbered: bool = True

    @property
    def compares(self) -> bool:
        """Tells whether it has a line for each method, with several columns of figures.

        Other tables have a line for each row.
        """
        return all(row.method for row in self.rows)

    @property
    def heading(self) -> str:
        """Returns its number and its title."""
        return f"Table {self.number}: {self.title}" if self.numbered else self.title


def scores(first: str, second: str, *, metrics: tuple[str, str] = ("acc", "wf1")) -> dict[str, str]:
    """Returns the figures of a row with two."""
    return dict(zip(metrics, (first, second), strict=True))
