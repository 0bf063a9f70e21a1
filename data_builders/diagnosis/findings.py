"""The lines of a diagnosis, printed as they are found, and the exit code they add up to."""

import dataclasses
from collections.abc import Callable, Sequence

WILL_BUILD, ODD, CANNOT_BUILD = 0, 1, 2
MOST = 8  # lines below a finding, of more the number


@dataclasses.dataclass
class Findings:
    """Takes findings in the order they are made, one line each.

    A line begins with what kind it is: ok, note, odd (the dataset is built, and this is worth
    reading) or bad (it cannot be built). Lines further in are its particulars.

    Attributes:
      emit: takes each line.
      most: how many particulars of one finding are shown, None for all.
      oddities, faults: how many findings were odd, and bad.
    """

    emit: Callable[[str], object] = print
    most: int | None = MOST
    oddities: int = 0
    faults: int = 0

    @property
    def code(self) -> int:
        """The exit code."""
        return CANNOT_BUILD if self.faults else ODD if self.oddities else WILL_BUILD

    def section(self, title: str) -> None:
        """Begins a part of the report."""
        self.emit("")
        self.emit(title)

    def ok(self, text: str) -> None:
        """Something is as it should be."""
        self._line("ok", text, ())

    def note(self, text: str, particulars: Sequence[str] = ()) -> None:
        """Something to know that is neither right nor wrong."""
        self._line("note", text, particulars)

    def odd(self, text: str, particulars: Sequence[str] = ()) -> None:
        """Something is not as it should be; the text says what the build does about it."""
        self.oddities += 1
        self._line("odd", text, particulars)

    def bad(self, text: str, particulars: Sequence[str] = ()) -> None:
        """Something that stops a build; the text says what to do."""
        self.faults += 1
        self._line("bad", text, particulars)

    def _line(self, kind: str, text: str, particulars: Sequence[str]) -> None:
        self.emit(f"  {kind:<6}{_printable(text)}")
        for particular in particulars[: self.most]:
            self.emit(f"          {_printable(particular)}")
        more = len(particulars) - len(particulars[: self.most])
        if more:
            self.emit(f"          and {more} more: --all lists them")


def _printable(text: str) -> str:
    """One line whatever a cell or a file name holds: terminals act on control characters."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
