"""How far a build is, for somebody who looks at a terminal."""

import contextlib
from collections.abc import Callable, Iterator

import rich.console
import rich.progress


@contextlib.contextmanager
def progress() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar with the time left, on a terminal only."""
    console = rich.console.Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeRemainingColumn(),
    )
    with rich.progress.Progress(*columns, console=console) as bar:
        task = bar.add_task("faces, landmarks, flow", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
