"""Where a command prints: a terminal, or a pipe or a file that has no width."""

import os

from rich.console import Console

_NO_WIDTH = 10**4


def console(*, stderr: bool = False) -> Console:
    """Returns stdout, as wide as the terminal is or COLUMNS says; a pipe takes lines of any length.

    So a log has whole tables, and `grep` finds a sentence. Text is printed as it is: "[mer] study"
    is a name, and no markup.
    """
    out = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not out.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        out.width = _NO_WIDTH
    return out
