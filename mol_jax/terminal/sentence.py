"""Sentences on a terminal of any width: their words, and the paths in them, are never cut."""

import re

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text


class Sentence:
    """A text as it is, without markup or colours; lines end between words.

    Print it with crop=False.
    """

    def __init__(self, text: str):
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._text.split("\n"):
            for part in folded(line, options.max_width):
                yield Text(part, no_wrap=True, overflow="ignore")


def say(console: Console, text: str) -> None:
    """Prints a sentence, or lines of them, as they are."""
    console.print(Sentence(text), crop=False)


def folded(text: str, width: int) -> list[str]:
    """Returns the lines of a text, none wider than `width` unless one word is, as a path.

    What goes on in another line is indented as far as the first, and two more.
    """
    before = len(text) - len(text.lstrip())
    indent = " " * (before + 2 if before else 0)
    lines, line = [], " " * before
    for word in re.split("(?<= )(?=[^ ])", text.lstrip()):  # each with the spaces behind it
        if line.strip() and cell_len(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = indent
        line += word
    return [*lines, line.rstrip()]
