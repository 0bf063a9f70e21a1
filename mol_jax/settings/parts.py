"""Parts of a network by their names, as fields name them: "f5c_0", "mer_head/classes"."""

import re

from ml_collections import ConfigDict

from mol_jax.settings.rules import Rule

_PART = re.compile(r"[^\s/:]+(/[^\s/:]+)*")

PART = Rule(
    lambda value: isinstance(value, str) and bool(_PART.fullmatch(value)),
    "a part of the network, as f5c_0 or mer_head/classes",
)
PART_RATE = Rule(
    lambda value: isinstance(value, str) and _rate(value) is not None,
    "PART:FACTOR, a part of the network and a number above 0 to 1000, as f5c_0:0.1",
)


def is_in(part: str, name: str) -> bool:
    """Tells whether a part, or a variable, is in a part: "f5c_0" has "f5c_0/norm/scale"."""
    return name == part or name.startswith(f"{part}/")


def part_rates(config: ConfigDict) -> tuple[tuple[str, float], ...]:
    """Returns the parts of a checked config's init.rates, each with the factor of its rate."""
    return tuple(rate for text in config.init.rates if (rate := _rate(text)))


def _rate(text: str) -> tuple[str, float] | None:
    """Returns the part and the factor of PART:FACTOR, None of another text."""
    part, _, factor = text.rpartition(":")
    try:
        times = float(factor)
    except ValueError:
        return None
    return (part, times) if PART.allows(part) and 0 < times <= 1e3 else None
