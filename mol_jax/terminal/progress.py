"""A progress bar with an ETA, for somebody who looks at a terminal."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column


def progress(console: Console) -> Progress:
    """Returns a progress bar with an ETA, which is silent where the console is no terminal.

    On a narrow terminal the bar and then the description give way: no figure is ever cut.
    """

    def whole() -> Column:
        return Column(no_wrap=True)

    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column(overflow="fold")),
        BarColumn(bar_width=max(4, min(40, console.width - 70))),
        TextColumn("{task.completed:.0f}/{task.total:.0f}", table_column=whole()),
        TimeElapsedColumn(table_column=whole()),
        TextColumn("ETA"),
        TimeRemainingColumn(table_column=whole()),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)
