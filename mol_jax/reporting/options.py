"""Which settings of a run are not the defaults of configs/default.py, for the task card."""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax import settings
from mol_jax.paper.mol.differences import counts, known, written
from mol_jax.settings.fields import NO_RESULT, Field, OnlyWhere
from mol_jax.settings.find import BUILT_IN, find

_DEFAULT = Path(__file__).parents[2] / "configs" / "default.py"


def changed(fields: Mapping[str, Any]) -> str | None:
    """Returns "train.steps = 500 (default: 1000); …", "none"; None where the file is not there.

    fields: as `differences.fields_of` returns them. Fields that change no figure here, as data.dir,
    are left out. What is declared of a network of the user's own may be gone by now: its own fields
    are left out too.
    """
    if not _DEFAULT.is_file():  # the package is used without its checkout
        return None
    default = settings.flatten(runpy.run_path(str(_DEFAULT))["get_config"]())
    names = [name for name, field in known(fields).items() if _matters(field, fields)]
    own = _own_defaults(fields)
    default |= own
    said = [
        f"{name} = {written(fields[name])} (default: {written(default[name])})"
        for name in (*names, *(name for name in own if name in fields and name not in names))
        if fields[name] != default[name]
    ]
    return "; ".join(said) or "none"


def _own_defaults(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the defaults of config.model of one of the package's networks other than MOL."""
    network = fields.get("model.network")
    if network == "mol" or network not in BUILT_IN:
        return {}
    own = find(network).defaults(network)
    return {f"model.{name}": value for name, value in own.items() if name != "network"}


def _matters(field: Field, fields: Mapping[str, Any]) -> bool:
    if isinstance(field.paper, OnlyWhere):
        return counts(field.paper, fields)
    return field.paper is not NO_RESULT
