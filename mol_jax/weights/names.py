"""Variables of a network by names, "params/f5c_0/norm/scale", and back to the tree they are in."""

from collections.abc import Iterable, Mapping
from typing import Any

PARAMS = "params"


def flat(tree: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Returns the leaves of nested mappings by their names, those on the way joined by "/"."""
    leaves: dict[str, Any] = {}
    for name, value in tree.items():
        path = f"{before}{name}"
        leaves |= flat(value, f"{path}/") if isinstance(value, Mapping) else {path: value}
    return leaves


def nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the tree whose leaves `flat` named."""
    tree: dict[str, Any] = {}
    for name, value in leaves.items():
        *way, last = name.split("/")
        inner = tree
        for part in way:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return tree


def are_of_a_tree(leaves: Iterable[str]) -> bool:
    """Tells whether `nested` makes a tree of these names, each in a collection."""
    every = {*leaves}
    inner = {part.rpartition("/")[0] for part in parts(every)}
    return not inner & every and all(name.find("/") > 0 for name in every)


def in_network(name: str) -> str:
    """Returns where in the network a variable is: its name without its collection."""
    return name.partition("/")[2]


def parts(names: Iterable[str]) -> list[str]:
    """Returns every part that there is of variables' names in a network, each once, sorted."""
    found = set()
    for name in names:
        steps = name.split("/")
        found |= {"/".join(steps[:end]) for end in range(1, len(steps) + 1)}
    return sorted(found)


def covering(chosen: Iterable[str], every: Iterable[str]) -> list[str]:
    """Returns the largest parts that have chosen variables alone, sorted: all of them together.

    chosen: some of `every`, as named in the network.
    """
    wanted, others = {*chosen}, {*every}
    spoilt = {*parts(others - wanted)}
    whole = [part for part in parts(wanted) if part not in spoilt]
    held = {*whole}
    return [part for part in whole if part.rpartition("/")[0] not in held]
