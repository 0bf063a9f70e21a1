"""Seconds as a reader takes them, from milliseconds to days."""


def duration(seconds: float) -> str:
    """Writes a time: 3.4 ms, 27 ms, 2.4 s, 41 s, 12 min, 2.5 h, 11 days."""
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        # From 1.5 of a unit on, so that 70 s are not "1.2 min".
        if seconds >= (1.5 if length > 1 else 1) * length:
            return f"{_two_digits(seconds / length)} {unit}"
    return f"{_two_digits(1e3 * seconds)} ms"


def _two_digits(number: float) -> str:
    return f"{number:,.0f}" if number >= 9.95 else f"{number:.1f}"
