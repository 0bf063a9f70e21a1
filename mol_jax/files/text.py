"""The text of a file that somebody else wrote: which encoding it is in, or why it is no text."""

import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from mol_jax.errors import UserError

MAX_BYTES = 300_000_000
_MARKS = (  # UTF-32's begins with UTF-16's
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WORKBOOK = "save its sheet as CSV (UTF-8) first"
_BINARY = {
    b"PK\x03\x04": ("a workbook or a zip archive", _WORKBOOK),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", _WORKBOOK),
    b"\x1f\x8b": ("compressed (gzip)", "unpack it first"),
    b"BZh": ("compressed (bzip2)", "unpack it first"),
    b"\xfd7zXZ": ("compressed (xz)", "unpack it first"),
    b"%PDF": ("a PDF document", "copy its table into a CSV first"),
}
WINDOWS = "Windows-1252"


@dataclass(frozen=True)
class Text:
    """A text, and the encoding it was read in."""

    content: str
    encoding: str


def read(path: str | Path) -> Text:
    """Reads a file or a pipe whole. Raises UserError where that fails or it is no text."""
    path = Path(path)
    data = None
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) or stat.S_ISFIFO(mode):  # a device would be read for ever
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(f"{path} could not be read ({why}): check the path") from None
    if data is None:
        inside = path / "predictions.csv"
        advice = f"name the table in it, {inside}" if inside.is_file() else "name a file"
        raise UserError(f"{path} could not be read (it is a folder or a device): {advice}")
    if len(data) > MAX_BYTES:
        raise UserError(f"{path} has more than {MAX_BYTES} bytes: this is no table of predictions")
    return decode(data, path)


def decode(data: bytes, path: str | Path, *, windows: bool = True) -> Text:
    """Returns the text of some bytes in UTF-8, UTF-16 or UTF-32, else in Windows-1252.

    path: what to call them. windows: whether to try Windows-1252, which nothing in a file tells:
    it is taken where each sign outside ASCII is a letter or a mark between other letters.

    Raises UserError where they are no text, with what they are as far as their beginning tells.
    """
    for start, (what, advice) in _BINARY.items():
        if data.startswith(start):
            raise UserError(f"{path} is not a text file but {what}: {advice}")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), _unmarked(data))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = _windows(data) if windows and encoding == "utf-8" else ""
        if not text:
            line = data[: error.start].count(b"\n") + 1
            raise UserError(
                f"{path} is not a text file in {encoding.removesuffix('-sig').upper()}, from line "
                f"{line} on: save it as CSV with the encoding UTF-8"
            ) from None
        encoding = WINDOWS
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UserError(
            f"{path}, line {line} holds a zero byte (NUL), which no text has: was it cut off by a "
            "crash or a full disk? Write the file again"
        )
    return Text(text, encoding if encoding == WINDOWS else encoding.removesuffix("-sig").upper())


def _unmarked(data: bytes) -> str:
    """Guesses the encoding of bytes without a mark: in UTF-16 every other byte of ASCII is 0."""
    start = data[:4000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) > 0.3 * len(start) and not min(even, odd):
        return "utf-16-le" if odd else "utf-16-be"
    return "utf-8"


def _windows(data: bytes) -> str:
    """Returns text in Windows-1252, "" where it looks like something else.

    Chinese in GBK makes long runs of signs outside ASCII, UTF-8 in part of a file makes Ã before
    a mark.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    odd = {sign for sign in text if not sign.isascii()}
    likely = all(unicodedata.category(sign)[0] == "L" or sign in "\xa0°–—‘’“”„…€" for sign in odd)
    mixed = re.search("[ÃÂ][\x80-\xbf]|[^\x00-\x7f]{3}|[\x00-\x08\x0e-\x1f]", text)
    return text if likely and not mixed else ""
