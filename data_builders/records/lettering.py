"""Lines of text in pictures, in any script that an installed font has."""

import dataclasses
import functools
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE, LINE, MARGIN = 13, 18, 4  # px: of the letters, from line to line, and left and right of them
WIDE = 1152  # px: wider pictures will be shown smaller, so letters grow with them
INK, PAPER = (255, 255, 255), (0, 0, 0)
# Of a script the fonts differ in their language: these are tried before others that have a sign.
PREFERRED = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans", "WenQuanYi")


@dataclasses.dataclass(frozen=True)
class _Run:
    """Signs in a row that one font has."""

    text: str
    font: ImageFont.FreeTypeFont

    @property
    def width(self) -> float:
        return self.font.getlength(self.text)


def lines(text: str, width: int, times: int | None = None) -> np.ndarray:
    """The text in white on black, as many lines as it needs: uint8 [k line height, width, 3].

    The height of a line is `times` that of `LINE`; where that is None, as many times as the width
    is `WIDE`. Signs that no installed font has are written as their code, such as [U+88AB].
    """
    times = max(1, width // WIDE) if times is None else times
    rows = _broken(_runs(text, SIZE * times), width - 2 * MARGIN)
    picture = Image.new("RGB", (width, LINE * times * len(rows)), PAPER)
    draw = ImageDraw.Draw(picture)
    for number, row in enumerate(rows):
        x = float(MARGIN)
        for run in row:
            # On one base line, whatever the font.
            draw.text((x, (LINE * number + SIZE) * times), run.text, INK, run.font, anchor="ls")
            x += run.width
    return np.asarray(picture)


def is_whole(text: str) -> bool:
    """Whether every sign of a text is in an installed font."""
    return all(sign.isspace() or _file(sign) is not None for sign in text)


def _runs(text: str, size: int) -> list[_Run]:
    runs: list[_Run] = []
    for sign in unicodedata.normalize("NFC", " ".join(text.split())):
        file = _file(sign)
        shown = f"[U+{ord(sign):04X}]" if file is None else sign
        font = _font(file or _files()[0], size)
        # A sign that is written onto the one before stays with it, and so does most of a text.
        if runs and runs[-1].font is font:
            runs[-1] = _Run(runs[-1].text + shown, font)
        else:
            runs.append(_Run(shown, font))
    return runs


def _broken(runs: Sequence[_Run], width: float) -> list[list[_Run]]:
    """Runs in rows that are no wider, broken at blanks, or within a word that is wider itself."""
    rows: list[list[_Run]] = [[]]
    left = width
    for run in runs:
        for word in _words(run, width):
            if word.width > left and rows[-1]:
                rows.append([])
                left = width
            rows[-1].append(word)
            left -= word.width
    return rows


def _words(run: _Run, width: float) -> Iterable[_Run]:
    for word in run.text.replace(" ", " \0").split("\0"):
        rest = word
        while rest:
            most = _fitting(rest, run.font, width)
            yield _Run(rest[:most], run.font)
            rest = rest[most:]


def _fitting(word: str, font: ImageFont.FreeTypeFont, width: float) -> int:
    """How many signs of a word fit, one at least."""
    if font.getlength(word.rstrip()) <= width:
        return len(word)
    ends = range(2, len(word))
    return max((k for k in ends if font.getlength(word[:k]) <= width), default=1)


@functools.lru_cache(maxsize=32)
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


@functools.lru_cache(maxsize=4096)
def _file(sign: str) -> str | None:
    """The first font that has a sign, None where none has; no sign of control has one."""
    if unicodedata.category(sign)[0] == "C":
        return None
    return next((file for file in _files() if ord(sign) in _signs(file)), None)


@functools.lru_cache(maxsize=1)
def _files() -> tuple[str, ...]:
    """Fonts by preference; the first one is in matplotlib itself."""
    from matplotlib import font_manager  # noqa: PLC0415 - looks for fonts, which takes a second

    packaged = font_manager.findfont("DejaVu Sans")
    entries = [entry for entry in font_manager.fontManager.ttflist if Path(entry.fname).is_file()]
    upright = [e for e in entries if e.style == "normal" and e.weight in (400, "normal", "regular")]

    def rank(entry) -> int:
        named = [k for k, name in enumerate(PREFERRED) if entry.name.startswith(name)]
        return named[0] if named else len(PREFERRED)

    # The font of last resort has a box for every sign.
    known = [e.fname for e in sorted(upright, key=rank) if "lastresort" not in e.fname.lower()]
    return tuple(dict.fromkeys([packaged, *known]))


@functools.cache
def _signs(file: str) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - as above

    try:
        _font(file, SIZE)
        return frozenset(FT2Font(file).get_charmap())
    except (RuntimeError, OSError):  # a damaged font, or one of pictures in another size
        return frozenset()
