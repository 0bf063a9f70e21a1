"""A table drawn on a terminal of any width, in which no figure is ever cut."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

NARROWEST = 20  # columns of a terminal that is taken for a terminal
_LEAST_TEXT = 12  # columns that a name is folded to before the table is parted
_FEW = 6  # columns that a name has before intervals are broken for it
_LONGEST = 40  # columns of a word of text before it is folded
_GAP = 3  # columns that a drawn column takes beside its cells


@dataclass(frozen=True)
class Drawn:
    """A table: text to the left, figures to the right.

    header: the titles, one a column. rows: their cells; "\\n" starts a new line in one. texts: the
    places of the columns of text, whose words may be folded; the others hold figures. title: above
    it, "" for none.

    Where it is wider than the terminal, cells are broken at spaces, names folded, and then columns
    go to further tables below, each with the first column and the title again.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: tuple[int, ...] = (0,)
    title: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(options.max_width, NARROWEST)
        columns = [[str(row[k]) for row in (self.header, *self.rows)] for k in range(self._count)]
        for block in _blocks(columns, self.texts, width):
            yield self._table(columns, block)

    @property
    def _count(self) -> int:
        return len(self.header)

    def _table(self, columns: Sequence[Sequence[str]], widths: dict[int, int]) -> Table:
        table = Table(title=Text(self.title) if self.title else None)
        folded = {
            k: [_folded(cell, width, k in self.texts) for cell in columns[k]]
            for k, width in widths.items()
        }
        for k, cells in folded.items():
            side: Literal["left", "right"] = "left" if k in self.texts else "right"
            table.add_column(Text(cells[0]), justify=side, no_wrap=True, overflow="fold")
        for i in range(1, len(self.rows) + 1):
            table.add_row(*(Text(cells[i]) for cells in folded.values()))
        return table


def _blocks(
    columns: Sequence[Sequence[str]], texts: Sequence[int], width: int
) -> Iterator[dict[int, int]]:
    """Yields the columns of each table with their widths: one table, if they fit into the width.

    columns: the cells of each, its title first.
    """
    wide = [max(map(cell_len, "\n".join(cells).split("\n"))) for cells in columns]
    least = _least_widths(columns, texts, width)
    todo = list(range(1, len(columns)))
    while todo or len(columns) == 1:
        block = [0, *todo[:1]]
        for k in todo[1:]:
            if _drawn([least[j] for j in (*block, k)]) > width:
                break
            block.append(k)
        yield _widened({k: least[k] for k in block}, wide, width)
        todo = todo[len(block) - 1 :]
        if len(columns) == 1:
            return


def _least_widths(columns: Sequence[Sequence[str]], texts: Sequence[int], width: int) -> list[int]:
    """Returns the width that each column needs at least, the first beside any other one."""
    first, *others = (_least(cells, k in texts) for k, cells in enumerate(columns))
    first = min(first, max(_LEAST_TEXT, width // 3))
    room = width - _drawn([0, 0])
    if first + max(others, default=0) > room:  # intervals give way to names, names to figures
        words = [max(map(cell_len, " ".join(cells).split()), default=0) for cells in columns[1:]]
        others = [min(n, max(room - _FEW, m)) for n, m in zip(others, words, strict=True)]
        first = max(2, room - max(others, default=0))
    return [first, *others]


def _widened(widths: dict[int, int], wide: Sequence[int], width: int) -> dict[int, int]:
    """Returns widths of columns that take what room is left, figures first, as far as they need."""
    room = width - _drawn(list(widths.values()))
    for k in sorted(widths, key=lambda k: (k == 0, wide[k] - widths[k])):
        more = min(max(room, 0), wide[k] - widths[k])
        if k == 0 or more == wide[k] - widths[k]:  # a column of figures is broken or it is not
            widths[k] += more
            room -= more
    return widths


def _drawn(widths: Sequence[int]) -> int:
    """Returns how many columns of the terminal a table takes."""
    return sum(widths) + _GAP * len(widths) + 1


def _least(cells: Sequence[str], is_text: bool) -> int:
    """Returns the width that a column needs at least: that of its longest word or interval."""
    longest = max(cell_len(word) for cell in cells for word in _words(cell) or [""])
    return min(longest, _LONGEST) if is_text else longest


def _words(cell: str) -> list[str]:
    """Returns the parts of a cell that stay together: words, and intervals in their brackets."""
    return re.findall(r"\[[^\[\]]{1,30}\]|\S+", cell)


def _folded(cell: str, width: int, is_text: bool) -> str:
    """Breaks a cell into lines of a width, at spaces; a long word of text anywhere."""
    lines = []
    for line in cell.split("\n"):
        whole = [] if is_text else _words(line)
        if not whole or max(map(cell_len, whole)) > width:
            whole = line.split(" ")
        lines += _lines(whole, width, is_text)
    return "\n".join(lines)


def _lines(words: Sequence[str], width: int, is_text: bool) -> list[str]:
    lines = [""]
    for word in words:
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        pieces = list(_pieces(word, width)) if is_text else [word]
        lines = [*(lines if lines[-1] else lines[:-1]), *pieces]
    return lines


def _pieces(word: str, width: int) -> Iterator[str]:
    """Yields the parts of a word that fit into a width, at least one sign each."""
    part = ""
    for sign in word:
        if part and cell_len(part + sign) > width:
            yield part
            part = ""
        part += sign
    yield part
