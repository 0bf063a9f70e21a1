"""A frame's number as people and programs write it."""

import re

WIDE = str.maketrans("．，＋ｅＥ", ".,+ee")  # as a Chinese or Japanese keyboard writes them


def frame_number(text: str) -> int | None:
    """The number that a text writes: 12, 12.0, 12,0, 1.2e+01, in the digits of any script.

    None for anything else, and for what may be another number than it seems: 12.000 and 12,000 are
    twelve or twelve thousand, and 1E+01 is any number that was rounded to it. A name that is a
    number may be read less strictly: `mol_jax.text.spelling.whole`.
    """
    plain = "".join(str(int(c)) if c.isdecimal() else c for c in text).translate(WIDE).strip()
    match = re.fullmatch(r"\+?(\d{1,18})(?:[.,](0*))?", plain)
    if match:
        whole, zeros = match[1], match[2] or ""
        thousands = len(zeros) == 3 and len(whole) <= 3 and int(whole)
        return None if thousands else int(whole)
    match = re.fullmatch(r"\+?(\d)[.,](\d{1,30})e\+?(\d{1,2})", plain.lower())
    if match and int(match[3]) <= min(len(match[2]), 17):
        whole, rest = match[1] + match[2][: int(match[3])], match[2][int(match[3]) :]
        return int(whole) if not rest.strip("0") else None
    return None
