"""A page in Markdown, as our commands write them, as LaTeX to take tables from."""

from mol_jax.terminal.blocks import Cells, Heading, Paragraph, blocks
from mol_jax.text.latex.signs import escape
from mol_jax.text.latex.tabular import NEEDS, note, tabular


def latex(page: str) -> str:
    """Returns the headings, tables and sentences of a page; needs booktabs and graphicx."""
    return "\n\n".join([NEEDS, *map(_part, blocks(page))]) + "\n"


def _part(block: Heading | Paragraph | Cells) -> str:
    if isinstance(block, Heading):
        return rf"\subsection*{{{escape(block.text)}}}"
    if isinstance(block, Cells):
        return tabular(block.header, block.rows, left=len(block.texts)) + "\n\\par\\medskip"
    lines = [line.removeprefix("- ").removeprefix("> ") for line in block.text.splitlines()]
    return "\n".join(rf"{{\footnotesize\noindent\raggedright {note(line)}\par}}" for line in lines)
