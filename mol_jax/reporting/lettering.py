"""Names in pictures: drawn as they are written, in any script, or by a number that stands for them.

Classes and people have anybody's names: `$` is no formula there, and matplotlib's own font lacks
Chinese, Devanagari and others. Fonts of this machine that have them are used. Where there is none,
a name is drawn as [1], [2], … and the caller says below the picture what that means.
"""

import functools
import itertools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import matplotlib as mpl
from matplotlib import ft2font
from matplotlib.font_manager import fontManager, get_font

from mol_jax.text.tables import escaped

FONT = "DejaVu Sans"  # comes with matplotlib
LONGEST = 40  # signs of a name that are drawn
# What a plain font has of other scripts, best first; then any font that has the signs.
_PREFERRED = (
    "Noto Sans", "Source Han Sans", "WenQuanYi", "Microsoft YaHei", "SimHei", "PingFang",
    "Hiragino", "Yu Gothic", "Malgun Gothic", "Nanum", "Droid Sans Fallback", "Arial Unicode",
    "Segoe UI", "Nirmala", "Mangal", "Leelawadee",
)  # fmt: skip
_PLAIN = (400, "normal", "regular", "book")  # weights, by number or by name
# Fonts that have a box for every sign, or signs of their own in the places of others.
_NO_TEXT = ("Last Resort", "STIXNon", "STIXSize", "cm", "Symbol", "Webdings", "Wingdings")
_LATIN_MARKS = range(0x300, 0x370)  # that DejaVu puts in place without any shaping
# Two letters become one, marks move, lines run from the right: matplotlib can since 3.11.
_SHAPES = getattr(ft2font, "__libraqm_version__", None) is not None


class Lettering(NamedTuple):
    """Names as they are drawn, in their order, and what the numbers among them stand for."""

    names: list[str]
    numbered: dict[str, str]


def letter(names: Iterable[str], *, longest: int = LONGEST) -> Lettering:
    """Returns names as they are to be drawn, and sets the fonts that have their signs.

    Signs that nobody sees, as a newline, are written as escapes, and names of more than `longest`
    signs are cut in the middle. Two names are never drawn alike.
    """
    names = list(names)
    shown = [_short(_visible(name), longest) for name in names]
    fonts = _fonts_for(frozenset("".join(shown)))
    mpl.rcParams["font.family"] = [FONT, *fonts]
    have = _signs_of(FONT).union(*map(_signs_of, fonts))
    free = (number for k in itertools.count(1) if (number := f"[{k}]") not in shown)
    numbers: dict[str, str] = {}  # of the names that cannot be drawn
    for name, text in zip(names, shown, strict=True):
        alike = shown.count(text) > names.count(name)
        if name not in numbers and (alike or not _can_draw(text, have)):
            numbers[name] = next(free)
    drawn = [numbers.get(name, text) for name, text in zip(names, shown, strict=True)]
    return Lettering(drawn, {number: name for name, number in numbers.items()})


def legend(numbered: Mapping[str, str]) -> list[str]:
    """Returns the paragraph that says what the numbers in a picture stand for, [] without any."""
    if not numbered:
        return []
    each = [f"{number.strip('[]')} for {escaped(name)}" for number, name in numbered.items()]
    said = "In the picture numbers in brackets stand for names that it cannot show"
    return [f"{said}: {', '.join(each)}."]


def _visible(name: str) -> str:
    """Writes what has no shape of its own as an escape: newline as \\n, a zero-width space too."""
    return "".join(
        sign.encode("unicode_escape").decode()
        if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        or (unicodedata.category(sign) == "Cf" and sign not in "\u200c\u200d")
        else sign
        for sign in unicodedata.normalize("NFC", name)
    )


def _short(text: str, longest: int) -> str:
    half = (longest - 1) // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def _can_draw(text: str, have: frozenset[int]) -> bool:
    """Tells whether the fonts have every sign, and matplotlib puts them where they belong."""
    whole = all(ord(sign) in have or sign in "\u200c\u200d" for sign in text)
    return whole and (_SHAPES or not any(map(_needs_shaping, text)))


def _needs_shaping(sign: str) -> bool:
    """Tells whether a sign is written from the right, or changes or moves with its neighbours."""
    if unicodedata.bidirectional(sign) in ("R", "AL", "AN") or sign in "\u200c\u200d":
        return True
    return unicodedata.category(sign) in ("Mn", "Mc", "Me") and ord(sign) not in _LATIN_MARKS


def _fonts_for(signs: frozenset[str]) -> Sequence[str]:
    """Returns installed fonts that have what matplotlib's own lacks, as few as it takes."""
    missing = frozenset(map(ord, signs)) - _signs_of(FONT) - {0x200C, 0x200D}
    return _search(missing) if missing else ()


@functools.lru_cache
def _search(missing: frozenset[int]) -> tuple[str, ...]:
    chosen: list[str] = []
    for family in _candidates():
        more = missing & _signs_of(family)
        if more:
            chosen.append(family)
            missing -= more
        if not missing:
            break
    return tuple(chosen)


@functools.cache
def _files() -> dict[str, str]:
    """Returns the file of every installed family that has an upright face of usual weight."""
    faces = [of for of in fontManager.ttflist if of.style == "normal" and of.weight in _PLAIN]
    return {of.name: of.fname for of in faces if not of.name.startswith(_NO_TEXT)}


def _candidates() -> list[str]:
    """Returns the families to look for signs in, preferred ones first."""

    def rank(name: str) -> tuple[int, str]:
        places = [k for k, known in enumerate(_PREFERRED) if name.startswith(known)]
        return (*places, len(_PREFERRED))[0], name

    return sorted(_files(), key=rank)


@functools.cache
def _signs_of(family: str) -> frozenset[int]:
    """Returns the signs that a family has; none where its file is gone or cannot be scaled."""
    try:
        font = get_font(_files()[family])
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (OSError, RuntimeError, ValueError):
        return frozenset()
