"""The action units that coders wrote beside a clip, from text to numbers.

CASME II writes `4+L10` or `R12+25`, SAMM `A1B+A2C` or `R14A or 17A`, others `AU4, AU7`. Letters
before a number tell the side (L, R), half of the face (T, B) or asymmetry (A, U), those behind it
the strength (A to E). All that is left out: a unit on one side only is that unit.
"""

import re
import unicodedata

LARGEST = 99  # FACS numbers units, heads, eyes and gross behaviours with one or two digits

# An "or" between codes, `14A or 17A`, `12/15` or `14Aor17A`; or a whole number, `4` and `4.0`.
_TOKEN = re.compile(
    r"(?P<either>/|(?<![a-z])[a-z]?or(?![a-z]{2}))|(?<!\d)(?<!\d\.)(?P<unit>\d+)(?:\.0+)?(?!\.?\d)",
    re.IGNORECASE,
)
# What a sheet makes of 4-12 and 4:12; and -1, which is written where there is nothing.
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_NO_CODE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d/\d+/\d{{4}}|\d-{_MONTH}|{_MONTH}-\d|\d:\d\d|^\s*-\d+\s*$",
    re.IGNORECASE,
)


def action_units(text: str) -> tuple[int, ...]:
    """Returns the action units of an annotation's text, ascending, each once.

    Of alternatives, `R14A or 17A`, the first counts: the coder's first reading. A code with a
    question mark counts. A number that is no code is passed over: 0, above `LARGEST`, or not whole.
    () where nothing was coded, or what was is no code, as `/` and `?`, or a date or time.
    """
    units, either = set(), False
    text = unicodedata.normalize("NFKC", text)
    if _NO_CODE.search(text):
        return ()
    for token in _TOKEN.finditer(text):
        if token["either"]:
            either = True
            continue
        digits = token["unit"].lstrip("0")
        number = int(digits) if 0 < len(digits) <= len(str(LARGEST)) else 0
        if number and not either:
            units.add(number)
        either = False
    return tuple(sorted(units))
