"""Groups that were timed before, in a JSON file beside the compiled programs.

    {"groups": [{"of": {"program": …, "device": …, …}, "group": 4, "timings": {"1": 0.027, …},
                 "limit": ""}, …]}

The file may be deleted at any time: what it has not is timed again, and so is what it has wrong.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.files import place, whole
from mol_jax.training.calibration import Choice, Timing


def place_of(config: ConfigDict) -> Path | None:
    """Returns the file beside the compiled programs; None where the config keeps none."""
    if not config.runtime.cache_dir:
        return None
    cache = place.typed(config.runtime.cache_dir, "runtime.cache_dir").absolute()
    return cache.parent / f"{cache.name}_groups.json"  # "/" has no name and no other parent


def find(path: Path | None, of: Mapping[str, Any]) -> tuple[Choice, Mapping[str, Any]] | None:
    """Returns the newest choice that was made of everything in `of`, and all it was made of."""
    for entry in reversed(_entries(path)):
        if all(entry["of"].get(name) == value for name, value in of.items()):
            return _choice(entry), entry["of"]
    return None


def add(path: Path | None, of: Mapping[str, Any], choice: Choice) -> bool:
    """Remembers a choice in place of an earlier one; returns whether it could be written."""
    if path is None:
        return False
    entry = {
        "of": dict(of),
        "group": choice.group,
        "timings": {str(one.group): one.seconds for one in choice.timings},
        "limit": choice.limit,
    }
    others = [one for one in _entries(path) if one["of"] != entry["of"]]
    try:
        whole.write_json(path, {"groups": [*others, entry]})
    except UserError:  # a study does not end over it
        return False
    return True


def _entries(path: Path | None) -> list[dict[str, Any]]:
    """Returns what a file has of choices; a damaged part of it is none."""
    if path is None:
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["groups"]
        return [one for one in found if _is_whole(one)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _is_whole(entry: Any) -> bool:
    try:
        choice = _choice(entry)
        times = [one.seconds > 0 and one.group >= 1 for one in choice.timings]
        whole_number = type(entry["group"]) is int and choice.group >= 1
        timed = not times or choice.group in [one.group for one in choice.timings]
        return whole_number and timed and all(times) and isinstance(entry["of"], dict)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _choice(entry: Mapping[str, Any]) -> Choice:
    timings = [Timing(int(group), float(time)) for group, time in entry["timings"].items()]
    return Choice(entry["group"], tuple(timings), str(entry["limit"]))
