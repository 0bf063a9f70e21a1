"""One spelling of a name: what is the same written twice, and what may only be.

A table gets its names from several hands and programs: é comes as one sign or as two, 1 as 1.0 or
01, and a space may be one of twenty. Three functions part what is certain from what is not. `clean`
drops what nobody sees. `whole` reads a number whatever its form. `face` is what is left of a name
when everything goes that people and programs change: two names of one face are refused by `settle`,
never joined, since they may be two people. Numbers are joined, where all names are numbers.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal

from mol_jax.errors import UserError

# What programs write for "nothing": pandas, NumPy, R, Excel, SQL. Exactly so: Nan and Na are names.
_NOTHING = {
    "nan", "NaN", "NAN", "-nan", "-NaN", "NA", "N/A", "n/a", "<NA>", "NULL", "null", "None", "NaT",
    "#N/A", "#NA", "#NV", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "1.#QNAN",
    "1.#IND", "-1.#IND",
}  # fmt: skip
LONGEST = 2000
_JOINERS = "\u200c\u200d"  # seen in some scripts, so they stay in a name
_UNSEEN = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180c", "\u180d", "\u3164"}
_NUMBER = re.compile(
    r"[+-]?\d{1,30}(?:\.\d{0,40}|,(?!\d{3}$)\d{1,40})?(?:e[+-]\d{1,2})?", re.IGNORECASE
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−_"), "-")
# Letters of other scripts that look like Latin ones, and i without or with too many dots.
_ALIKE = str.maketrans("авекмнорстухіѕјԁԛԝαορυνκτχιı", "abekmhopctyxisjdqwaopuvktxii", "\u0307")
_PREFIXED = re.compile(r"(?:s|p|id|sub|subj|subject|participant|person|proband)-?(\d+)")


@functools.lru_cache(maxsize=100_000)
def clean(text: str) -> str:
    """Returns a name as it is seen: NFC, one plain space between words, no sign without a shape.

    Raises UserError for a control sign, such as NUL, the sign that stands for a lost letter, and a
    name that is too long for one.
    """
    if len(text) > LONGEST:  # composing takes a time that grows as the square of accents
        raise UserError(f"a name has {len(text)} letters, expected at most {LONGEST}: mend it")
    seen = (sign for sign in unicodedata.normalize("NFC", text) if not _invisible(sign))
    name = " ".join("".join(seen).split())
    for sign in name:
        if unicodedata.category(sign) in ("Cc", "Cs") or sign == "\ufffd":
            what = "a letter that was lost" if sign == "\ufffd" else f"the sign {sign!a}"
            raise UserError(
                f"the name {name[:40]!a} holds {what}, which no name has: mend it where it was "
                "written"
            )
    return unicodedata.normalize("NFC", name)  # signs may meet where one was dropped


def _invisible(sign: str) -> bool:
    """Tells whether a sign takes no place: marks of direction, soft hyphens, marks of order …"""
    if sign in _JOINERS:
        return False
    return unicodedata.category(sign) == "Cf" or sign in _UNSEEN or "\ufe00" <= sign <= "\ufe0f"


def is_nothing(text: str) -> bool:
    """Tells whether a cell holds nothing: empty, or as programs write it, such as nan or #N/A."""
    return not text or text in _NOTHING


def whole(text: str) -> int | None:
    """Reads a whole number: 7, 07, 7.0, 7,0, 7.0e+00 or in digits of full width; None if none."""
    digits = "".join(_digit(sign) for sign in unicodedata.normalize("NFKC", text.strip()))
    if not _NUMBER.fullmatch(digits):
        return None
    number = Decimal(digits.replace(",", "."))
    return int(number) if number == number.to_integral_value() else None


def is_number(text: str) -> bool:
    """Tells whether a text is a finite number, whole or not."""
    digits = "".join(_digit(sign) for sign in unicodedata.normalize("NFKC", text.strip()))
    return bool(_NUMBER.fullmatch(digits))


def _digit(sign: str) -> str:
    """Writes a digit of any script as 0 to 9."""
    return str(unicodedata.decimal(sign)) if unicodedata.category(sign) == "Nd" else sign


def face(name: str) -> str:
    """Returns what two spellings of one name share: no case, zeros, separators or look-alikes.

    Subject 01, subject_1 and SUBJECT-1.0 have one face; s1 and s11 have two.
    """
    text = _once_decoded("".join(sign for sign in name if not _invisible(sign)))
    text = "".join(sign for sign in text if sign not in _JOINERS)
    text = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    text = unicodedata.normalize("NFD", "".join(map(_digit, text))).translate(_ALIKE)
    text = re.sub(r"(?<=\d)\.0*$", "", text)  # pandas' 1.0
    text = re.sub(r"(?<![\d.])0+(?=\d)", "", text)  # spreadsheets lose zeros
    text = re.sub(r"[\s-]+", "-", text).strip("-'\"`´’‘“”")
    text = re.sub(r"(?<=[^\W\d])-(?=\d)", "", text)  # sub-01 is sub01, and 1-1 is not 11
    return unicodedata.normalize("NFC", text) or name


def _once_decoded(name: str) -> str:
    """Undoes UTF-8 that was read as Windows-1252, once: nÃ©gatif is négatif."""
    try:
        return name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return name


def settle(names: Iterable[str], *, what: str, where: str) -> Mapping[str, str]:
    """Returns the one spelling of each name, itself where there is nothing to settle.

    names: cleaned ones of one kind, all of a table. what: their kind, as "subject". where: the
    file. If all are whole numbers, they are read as numbers where one is there in two forms or has
    a decimal point; 006 stays as it is.

    Raises UserError where two names have one face, or, of subjects, where one is a number and
    another this number behind a word, as 1 and sub01.
    """
    every = sorted(set(names))
    numbers = {name: whole(name) for name in every}
    if all(number is not None for number in numbers.values()):
        plain = all(re.fullmatch(r"\d+", name, re.ASCII) for name in every)
        if plain and len(set(numbers.values())) == len(every):
            return {name: name for name in every}
        return {name: str(number) for name, number in numbers.items()}
    first: dict[str, str] = {}
    for name in every:
        other = first.setdefault(face(name), name)
        if other != name:
            raise _two(other, name, what, where)
    if what == "subject":
        _refuse_bare_numbers(first, what, where)
    return {name: name for name in every}


def joined(spellings: Mapping[str, str]) -> list[str]:
    """Says which names were read as one number: "1 (01, 1)", [] where there is none."""
    forms: dict[str, list[str]] = {}
    for name, number in spellings.items():
        forms.setdefault(number, []).append(name)
    several = {number: each for number, each in forms.items() if len(each) > 1}
    return [f"{number} ({', '.join(each)})" for number, each in several.items()]


def _refuse_bare_numbers(faces: Mapping[str, str], what: str, where: str) -> None:
    """Refuses 1 beside sub01. SAMM's 006 is another person than SMIC's s06, so it passes."""
    for key, name in faces.items():
        prefixed = _PREFIXED.fullmatch(key)
        bare = faces.get(prefixed[1]) if prefixed else None
        if bare is not None and not re.fullmatch(r"0\d\d", bare, re.ASCII):
            raise _two(bare, name, what, where)


def plural(what: str) -> str:
    """Writes several of a kind of name: subjects, classes."""
    return f"{what}es" if what.endswith("s") else f"{what}s"


def _two(one: str, other: str, what: str, where: str) -> UserError:
    shown = [repr(name) if name.isascii() else f"{name!r} ({name!a})" for name in (one, other)]
    if len({one.casefold(), other.casefold()}) == 1:
        differ = "differ only in upper and lower case"
    else:
        differ = "may be one name in two spellings"
    return UserError(
        f"{where} has the {plural(what)} {shown[0]} and {shown[1]}, which {differ}: spell each "
        f"{what} in one way, and two of them in two ways that nobody takes for one"
    )
