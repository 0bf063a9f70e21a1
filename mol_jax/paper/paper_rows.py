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
BASELINES = {"epe": "zero flow", "nme": "mean face"}


@dataclass(frozen=True)
class Row:
    """One line of a table.

    config: the file below configs/ that runs it, without .py; "" for a line that is only quoted.
    figures: what is printed of it, by the metrics of the table. on: what it was measured on, where
    the lines of a table differ in that. part: the dataset of a composite that it is of. source:
    where its figures stand, "" for the paper. note: what must be known of its figures, a sentence
    that goes on after its name.
    """

    label: str
    config: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    on: str = ""
    part: str = ""
    source: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """Returns its label and what it was measured on, where the label alone is not enough."""
        return f"{self.label} ({self.on})" if self.on else self.label


@dataclass(frozen=True)
class Table:
    """A table: its number in the paper, what it is about, its columns and its lines."""

    number: str
    title: str
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def scores(first: str, second: str, *, metrics: tuple[str, str] = ("acc", "wf1")) -> dict[str, str]:
    """Returns the figures of a row with two."""
    return dict(zip(metrics, (first, second), strict=True))
