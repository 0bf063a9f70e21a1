"""A ConfigDict as fields by their dotted names, checked against the table of them."""

import difflib
from collections.abc import Mapping
from typing import Any

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import FIELDS
from mol_jax.settings.together import check_together

ALIGNED_PER_CROP = 9 / 8  # the aligned image is 144 px for a crop of 128 (Section 4.1)


def flatten(config: ConfigDict | Mapping[str, Any]) -> dict[str, Any]:
    """Returns {"optim.learning_rate": 5e-5, ...}, nested fields joined by dots."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, ConfigDict | Mapping):
            flat |= {f"{name}.{inner}": v for inner, v in flatten(value).items()}
        else:
            flat[name] = value
    return flat


def unknown_field(name: str) -> UserError:
    """Returns the refusal of a field that does not exist, with the nearest that does."""
    near = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0.0)[0]
    return UserError(
        f"there is no config field {name!r}: did you mean {near!r}? All of them are in "
        "configs/default.py."
    )


def check(config: ConfigDict) -> None:
    """Raises UserError for an unknown, missing or out-of-range field, or two that contradict."""
    flat = flatten(config)
    for name in flat:
        if name not in FIELDS:
            raise unknown_field(name)
    for name, field in FIELDS.items():
        if name not in flat:
            raise UserError(
                f"config field {name!r} is missing: start from configs/default.py's get_config()."
            )
        if not field.rule.allows(flat[name]):
            raise UserError(f"{name} is {flat[name]!r}; it must be {field.rule.words}.")
    check_together(config)


def aligned_size(config: ConfigDict) -> int:
    """Returns the side in px of the aligned image that the crop is taken from."""
    return int(config.model.crop * ALIGNED_PER_CROP)


def tasks(config: ConfigDict) -> tuple[str, ...]:
    """Returns the names of the tasks that are on, in the order mer, flow, landmarks."""
    return tuple(name for name in ("mer", "flow", "landmarks") if config.tasks[name])
