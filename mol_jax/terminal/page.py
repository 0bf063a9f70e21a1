"""A page in Markdown, as our commands write them, drawn on a terminal."""

import re
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from mol_jax.terminal.drawn import NARROWEST, Drawn


def show(page: str, console: Console) -> None:
    """Prints a page: tables are drawn, headings and **bold** sentences are bold, nothing is cut."""
    console.width = max(console.width, NARROWEST)
    for part in _parts(page):
        console.print(part, overflow="fold", highlight=False, soft_wrap=False)


def _parts(page: str) -> Iterator[RenderableType]:
    """Yields the paragraphs and tables of a page."""
    for paragraph in page.split("\n\n"):
        lines = paragraph.splitlines()
        if len(lines) > 1 and all(line.startswith("|") for line in lines):
            header, _, *rows = map(_cells, lines)
            yield Drawn(header, rows, texts=_texts(lines[1]))
        else:
            yield _styled(paragraph)
        yield ""


def _cells(line: str) -> list[str]:
    """Returns the cells of a line of a Markdown table."""
    cells = re.split(r"(?<!\\)\|", line)[1:-1]
    return [_plain(cell.strip().replace(r"\|", "|")) for cell in cells]


def _texts(rule: str) -> tuple[int, ...]:
    """Returns the places of the columns that a table's rule puts to the left."""
    return tuple(
        k for k, cell in enumerate(rule.split("|")[1:-1]) if not cell.strip().endswith(":")
    )


def _plain(text: str) -> str:
    return text.replace("**", "")


def _styled(paragraph: str) -> Text:
    """Returns a paragraph with its bold parts, a heading bold as a whole."""
    heading = re.match(r"#+ ", paragraph)
    if heading:
        return Text(_plain(paragraph[heading.end() :]), style="bold")
    text = Text()
    for k, part in enumerate(paragraph.split("**")):
        text.append(part, style="bold" if k % 2 else "")
    return text
