"""A ConfigDict as fields by their dotted names, checked against the table of them."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import FIELDS, Field
from mol_jax.settings.find import find
from mol_jax.settings.kind import TASKS
from mol_jax.settings.together import check_together
from mol_jax.settings.unread import check_fitted, check_unread, set_neutral
from mol_jax.text.words import nearest

ALIGNED_PER_CROP = 9 / 8  # the aligned image is 144 px for a crop of 128 (Section 4.1)
NETWORK = "model.network"


def flatten(config: ConfigDict | Mapping[str, Any]) -> dict[str, Any]:
    """Returns {"optim.learning_rate": 5e-5, ...}, nested fields joined by dots."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, ConfigDict | Mapping):
            flat |= {f"{name}.{inner}": v for inner, v in flatten(value).items()}
        else:
            flat[name] = value
    return flat


def declared(network: str) -> dict[str, Field]:
    """Returns every field of a config with this network, by its dotted name.

    Raises UserError where there is no such network (`mol_jax.settings.find`).
    """
    own = {f"model.{name}": field for name, field in find(network).fields.items()}
    table: dict[str, Field] = {}
    for name, field in FIELDS.items():
        table |= {name: field} | (own if name == NETWORK else {})
    return table


def unknown_field(name: str, network: str, more: Collection[str] = ()) -> UserError:
    """Returns the refusal of a field that does not exist, with the nearest that does.

    more: fields that the command has beside those of every config.
    """
    if name.startswith("pretrain.") and not more:
        return UserError(
            f"the config field {name!r} is of pre-training: start python -m mol_jax.pretrain with "
            "this config, or leave the field out."
        )
    near = nearest(name, [*declared(network), *more])
    of = f" (with model.network={network})" if name.startswith("model.") else ""
    others = "; those of pretrain in configs/pretrain/generated.py" if more else ""
    return UserError(
        f"there is no config field {name!r}{of}: did you mean {near!r}? All of them are in "
        f"configs/default.py; those of model are with its network{others}."
    )


def check(config: ConfigDict, more: Mapping[str, Field] = MappingProxyType({})) -> None:
    """Raises UserError for an unknown, missing or out-of-range field, or two that contradict.

    more: fields that a command has beside those of every config, by their dotted names.
    """
    flat = flatten(config)
    _check_field(NETWORK, FIELDS[NETWORK], flat)  # which says what else there is
    network = flat[NETWORK]
    fields = declared(network) | {**more}
    for name in flat:
        if name not in fields:
            raise unknown_field(name, network, more)
    for name, field in fields.items():
        _check_field(name, field, flat)
    _check_network(config)
    check_fitted(config)
    check_together(config)
    check_unread(config)
    find(network).check(config)


def _check_field(name: str, field: Field, flat: Mapping[str, Any]) -> None:
    if name not in flat:
        raise UserError(
            f"config field {name!r} is missing: start from configs/default.py's get_config()."
        )
    if not field.rule.allows(flat[name]):
        raise UserError(f"{name} is {flat[name]!r}; it must be {field.rule.words}.")


def _check_network(config: ConfigDict) -> None:
    """Raises UserError for what is asked of a network that it does not do, or does not read."""
    network, kind = config.model.network, find(config.model.network)
    for task in tasks(config):
        if task not in kind.tasks:
            raise UserError(
                f"tasks.{task} is on, which the network {network!r} does not do; set "
                f"tasks.{task}=False."
            )


def set_network(config: ConfigDict, network: str) -> None:
    """Makes `network` a config's own: its fields as they are by default, and the tasks it can do.

    A task that is off stays off, and a field that works on what it does not read is set to ask for
    nothing. Raises UserError where there is no such network.
    """
    kind = find(network)
    with config.unlocked():
        config.model = kind.defaults(network)
        for task in TASKS:
            config.tasks[task] = config.tasks[task] and task in kind.tasks
        set_neutral(config)


def scalars(config: ConfigDict) -> dict[str, np.float32]:
    """Returns what may differ between replicas of one compiled program, by short name.

    The traced fields of a checked config, without those that are optional and 0; and "steps", which
    is train.steps, where a schedule ends: replicas that differ in it share the program and no wave.
    """
    flat = flatten(config)
    fields = declared(config.model.network).items()
    traced = {
        field.traced: flat[name]
        for name, field in fields
        if field.traced and (flat[name] or not field.optional)
    }
    return {name: np.float32(v) for name, v in (traced | {"steps": config.train.steps}).items()}


def is_fitted(config: ConfigDict) -> bool:
    """Tells whether a config's network is a method that is fitted at once, without steps."""
    return find(config.model.network).method is not None


def aligned_size(config: ConfigDict) -> int:
    """Returns the side in px of the aligned image that the crop is taken from."""
    return int(config.data.crop * ALIGNED_PER_CROP)


def tasks(config: ConfigDict) -> tuple[str, ...]:
    """Returns the names of the tasks that are on, in the order mer, flow, landmarks."""
    return tuple(name for name in TASKS if config.tasks[name])
