"""report.md: what a run did and how far its score can be believed, on one page.

Everything comes from the files of the workdir, so that a report can be written again, by anyone,
from what is published. The same files give the same report, byte for byte.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from mol_jax import dense_sections, sections
from mol_jax.cells import write_text
from mol_jax.run import read_run
from mol_jax.score import score_table


def write_report(workdir: str | Path) -> Path:
    """Writes report.md and figures/*.png from the files of a workdir; returns the report's path.

    Raises UserError where a file is missing or damaged.
    """
    folder = Path(workdir)
    run, figures = read_run(folder), folder / "figures"
    parts = (
        sections.title(run),
        sections.headline(run),
        sections.paper(run),
        sections.card(run),
        sections.classes(run, figures),
        sections.people(run, figures),
        dense_sections.flow(run),
        dense_sections.landmarks(run),
        sections.repeats(run),
        sections.curves(run, figures),
        sections.runtime(run),
        sections.again(run),
    )
    text = "\n\n".join(paragraph for part in parts for paragraph in part)
    write_text(folder / "report.md", text + "\n")
    return folder / "report.md"


def console_table(metrics: Mapping[str, Any]) -> Group:
    """Returns what the main program prints at the end, from the content of metrics.json.

    The scores stand beside the baselines, flow beside zero flow, landmarks beside the mean face.
    """
    parts: list[Any] = []
    if metrics["pooled"]:
        parts.append(_table(*score_table("this run", metrics)))
    errors = [
        row
        for row in (dense_sections.flow_row(metrics), dense_sections.landmark_row(metrics))
        if row
    ]
    if errors:
        parts.append(_table(["", "this run", "zero flow / mean face"], errors))
    parts += [
        f"diverged and not scored: {sections.replica_name(fold)}"
        for fold in metrics["failed_folds"]
    ]
    return Group(*parts)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Returns a table for a terminal: the first column to the left, the others to the right."""
    table = Table()
    for k, name in enumerate(header):
        table.add_column(name, justify="right" if k else "left")
    for row in rows:
        table.add_row(*row)
    return table
