"""The parts of a page in Markdown, as our own commands write it: headings, tables, paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mol_jax.text.tables import unescaped


@dataclass(frozen=True)
class Heading:
    """A heading, without its signs."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; **bold** is still in stars, a list has an item a line."""

    text: str


@dataclass(frozen=True)
class Cells:
    """A table. texts: the places of the columns that its rule puts to the left."""

    header: list[str]
    rows: list[list[str]]
    texts: tuple[int, ...]


def blocks(page: str) -> Iterator[Heading | Paragraph | Cells]:
    """Yields the parts of a page, which stand apart by an empty line."""
    for part in page.split("\n\n"):
        lines = part.splitlines()
        heading = re.match(r"#+ ", part)
        if heading:
            yield Heading(part[heading.end() :].replace("**", ""))
        elif len(lines) > 1 and all(line.startswith("|") for line in lines):
            header, _, *rows = map(_cells, lines)
            yield Cells(header, rows, _texts(lines[1]))
        elif part.strip():
            yield Paragraph(part)


def _cells(line: str) -> list[str]:
    """Returns the cells of a line of a table."""
    cells = re.split(r"(?<!\\)\|", line)[1:-1]
    return [unescaped(cell.strip()) for cell in cells]


def _texts(rule: str) -> tuple[int, ...]:
    cells = rule.split("|")[1:-1]
    return tuple(k for k, cell in enumerate(cells) if not cell.strip().endswith(":"))
