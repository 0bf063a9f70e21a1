"""A page in Markdown, as our commands write them, drawn on a terminal."""

import sys

from rich.console import Console, RenderableType
from rich.text import Text

from mol_jax.terminal.blocks import Cells, Heading, Paragraph, blocks
from mol_jax.terminal.drawn import NARROWEST, Drawn
from mol_jax.terminal.encoding import writable


def tell(page: str) -> None:
    """Prints a page to stdout: drawn on a terminal, as it is to a pipe or a file."""
    if sys.stdout.isatty():
        show(page, Console())
    else:
        print(page)


def show(page: str, console: Console) -> None:
    """Prints a page: tables are drawn, headings and **bold** sentences are bold, nothing is cut."""
    console.width = max(console.width, NARROWEST)
    for block in blocks(writable(page, console.encoding)):
        console.print(_drawn(block), "", sep="\n", overflow="fold", highlight=False)


def _drawn(block: Heading | Paragraph | Cells) -> RenderableType:
    """Returns what stands for a part of a page."""
    if isinstance(block, Cells):
        return Drawn(block.header, block.rows, texts=block.texts)
    if isinstance(block, Heading):
        return Text(block.text, style="bold")
    text = Text()
    for k, part in enumerate(block.text.split("**")):
        text.append(part, style="bold" if k % 2 else "")
    return text
