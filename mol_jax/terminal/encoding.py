"""Text on streams of any encoding: no sign that a terminal lacks stops a command."""

import codecs
import sys

_NAME = "mol_jax.alike"
_ALIKE = {
    "–": "-", "—": "-", "−": "-", "×": "x", "±": "+-", "…": "...", "≤": "<=", "≥": ">=", "→": "->",
    "‘": "'", "’": "'", "“": '"', "”": '"', "°": " deg", "·": "*",
    "µ": "u", "λ": "lambda", "\u00a0": " ",
}  # fmt: skip
_ALIKE |= {sign: f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}  # marks of footnotes


def take_any_sign() -> None:
    """Lets stdout and stderr take any text: what they cannot write is written in ASCII.

    A sign becomes the ASCII that looks like it (± is +-), a letter its number (é is \\xe9). Signs
    that the encoding has are left alone.
    """
    codecs.register_error(_NAME, _alike)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test's stream has none
        if reconfigure is not None:
            reconfigure(errors=_NAME)


def writable(text: str, encoding: str) -> str:
    """Returns a text of the signs that an encoding has: what `take_any_sign` would write."""
    codecs.register_error(_NAME, _alike)
    return text.encode(encoding, _NAME).decode(encoding)


def _alike(error: UnicodeError) -> tuple[str | bytes, int]:
    """Returns what stands for the signs that could not be written, as `codecs` asks for it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    said = "".join(
        _ALIKE.get(sign, sign.encode("ascii", "backslashreplace").decode()) for sign in signs
    )
    return said, error.end
