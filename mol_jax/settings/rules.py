"""What a config field may be, and the words that refuse what it may not be."""

import dataclasses
from collections.abc import Callable
from typing import Any


@dataclasses.dataclass(frozen=True)
class Rule:
    """What a field may be: a test, and the words for it in a refusal."""

    allows: Callable[[Any], bool]
    words: str


def number(low: float, high: float, *, open_low: bool = False) -> Rule:
    """Returns the rule for a number from `low` (above it, if open) to `high`; no NaN is in it."""

    def allows(value):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and low <= value <= high and not (open_low and value == low)

    return Rule(allows, f"a number {'above' if open_low else 'from'} {low:g} to {high:g}")


def integer(low: int, high: int = 2**31 - 1) -> Rule:
    """Returns the rule for a whole number; True and False are none."""

    def allows(value):
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return Rule(allows, f"a whole number from {low} to {high}")


def choice(*options: Any) -> Rule:
    """Returns the rule for one of some values, of the same type."""

    def allows(value):
        return any(value == option and type(value) is type(option) for option in options)

    return Rule(allows, "one of " + ", ".join(map(str, options)))


def or_word(rule: Rule, word: str) -> Rule:
    """Returns the rule for what `rule` allows, or one word in its place."""

    def allows(value):
        return value == word if isinstance(value, str) else rule.allows(value)

    return Rule(allows, f"{rule.words}, or {word}")


def each(rule: Rule, *, length: int | None = None, empty: bool = False) -> Rule:
    """Returns the rule for a tuple of values that each follow `rule`."""

    def allows(value):
        is_list = isinstance(value, tuple | list) and (empty or len(value) > 0)
        return is_list and length in (None, len(value)) and all(map(rule.allows, value))

    count = "any number" if empty else length or "one or more"
    return Rule(allows, f"a tuple of {count}, each {rule.words}")


def distinct(rule: Rule) -> Rule:
    """Returns the rule for a tuple that follows `rule` and holds nothing twice."""
    return Rule(
        lambda value: rule.allows(value) and len(set(value)) == len(value),
        f"{rule.words}, without repeats",
    )


FLAG = Rule(lambda value: isinstance(value, bool), "True or False")
TEXT = Rule(lambda value: isinstance(value, str), "text")
NAME = Rule(lambda value: isinstance(value, str) and bool(value), "text that is not empty")
