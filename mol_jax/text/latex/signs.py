"""Text as LaTeX prints it in its default encoding: no sign turns into another or stops it."""

import unicodedata

_SIGNS = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "|": r"\textbar{}", "<": r"\textless{}", ">": r"\textgreater{}", '"': "''",
    "`": r"\textasciigrave{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}",
    "–": "--", "—": "---", "−": "$-$", "‐": "-", "‑": "-", "…": r"\dots{}", "±": r"$\pm$",
    "×": r"$\times$", "·": r"$\cdot$", "≤": r"$\leq$", "≥": r"$\geq$", "≈": r"$\approx$",
    "→": r"$\to$", "°": r"$^\circ$", "²": r"$^2$", "µ": r"$\mu$", "‘": "`", "’": "'", "“": "``",
    "”": "''", "\xa0": "~", "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}",
    "Œ": r"{\OE}", "ø": r"{\o}", "Ø": r"{\O}", "ł": r"{\l}", "Ł": r"{\L}", "å": r"{\aa}",
    "Å": r"{\AA}", "ı": r"{\i}", "§": r"\S{}", "¿": "?`", "¡": "!`",
    "Γ": r"$\Gamma$", "Δ": r"$\Delta$", "Θ": r"$\Theta$", "Λ": r"$\Lambda$", "Π": r"$\Pi$",
    "Σ": r"$\Sigma$", "Φ": r"$\Phi$", "Ω": r"$\Omega$",
}  # fmt: skip
_GREEK = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "-", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega",
]  # fmt: skip
_SIGNS |= {chr(0x3B1 + k): f"$\\{name}$" for k, name in enumerate(_GREEK) if name != "-"}
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SIGNS |= {sign: rf"\textsuperscript{{{digit}}}" for digit, sign in enumerate(RAISED)}
_JOINED = {"-": "-–—", "'": "'’”"}
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip


def escape(text: str) -> str:
    """Writes a text so that LaTeX prints it as it is.

    Letters of other scripts stay: only LuaLaTeX and XeLaTeX print them, see `foreign`.
    """
    written, last = [], ""
    for sign in unicodedata.normalize("NFC", text):
        joined = bool(last) and last in _JOINED.get(sign, "")  # two make another sign
        written.append("{}" * joined + _sign(sign))
        last = sign
    return "".join(written)


def foreign(text: str) -> str:
    """Returns the signs of a text that pdfLaTeX does not know, each once."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(dict.fromkeys(sign for sign in composed if not _sign(sign).isascii()))


def _sign(sign: str) -> str:
    """Returns one sign as LaTeX has it, itself where it has none for it."""
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign.isspace() or not sign.isprintable():
        return " "
    letter, *marks = list(unicodedata.normalize("NFD", sign))
    if sign.isascii() or len(marks) != 1 or marks[0] not in _ACCENTS or not letter.isascii():
        return sign
    accent = _ACCENTS[marks[0]]
    base = {"i": r"\i", "j": r"\j"}.get(letter, letter)
    return rf"\{accent}{{{base}}}"
