"""Tables as Markdown, and how figures are written in any table; `mol_jax.text.latex` has LaTeX."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def percent(fraction: float | None) -> str:
    """Writes a fraction in percent as the field does: 79.23."""
    return "–" if fraction is None else f"{100 * fraction:.2f}"


def span(bounds: Sequence[float] | None) -> str:
    """Writes an interval of fractions in percent: [70.1, 86.4]."""
    return "" if bounds is None else f"[{100 * bounds[0]:.1f}, {100 * bounds[1]:.1f}]"


def with_span(
    fraction: float | None, bounds: Sequence[float] | None, *, sd: float | None = None
) -> str:
    """Writes a fraction, its sd over seeds and its interval: 79.23 ± 1.20 [70.1, 86.4]."""
    spread = "" if sd is None else f" ± {percent(sd)}"
    return f"{percent(fraction)}{spread} {span(bounds)}".strip()


def count(value: float) -> str:
    """Writes a number of clips, with a decimal only where it is a mean over seeds."""
    return f"{value:.1f}".removesuffix(".0")


def assignments(fields: Mapping[str, Any]) -> str:
    """Writes values of fields: "optim.learning_rate=0.001 model.lambda_flow=0", "" for none."""
    said = (
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in fields.items()
    )
    return " ".join(said)


# What Markdown takes for markup, where it does: pairs of some signs, and the beginnings of others.
_PAIRED = re.compile(r"[*`$~]")
_MARKUP = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|<(?=\S)|&(?=#?\w+;)|\[(?=[^\]]*\]\()"
    r"|(?<![^\W_])_|_(?![^\W_])"
)


def escaped(name: str) -> str:
    """Returns a name as Markdown shows it: what would be taken for markup has a backslash."""
    text = _MARKUP.sub(r"\\\g<0>", re.sub(r"[\r\n]+", " ", name))
    return _PAIRED.sub(lambda sign: f"\\{sign[0]}" if name.count(sign[0]) > 1 else sign[0], text)


def unescaped(text: str) -> str:
    """Returns what `escaped` was given, of a line of Markdown."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Returns a Markdown table: the first `left` columns to the left, the others to the right.

    Cells are text: what Markdown would take for markup is escaped.
    """
    rule = ["---"] * left + ["---:"] * (len(header) - left)
    head, *cells = ([escaped(cell).replace("|", "\\|") for cell in row] for row in (header, *rows))
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *cells))


def marks(numbers: Iterable[int]) -> str:
    """Writes the marks of footnotes: ¹ ¹²; they are superscripts in LaTeX too."""
    return " ".join("".join(_RAISED[int(digit)] for digit in str(number)) for number in numbers)
