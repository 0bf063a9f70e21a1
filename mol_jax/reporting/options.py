"""Which settings of a run are not the defaults of configs/default.py, for the task card."""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax import settings
from mol_jax.paper.mol.differences import counts, known, written
from mol_jax.settings.fields import NO_RESULT, Field, OnlyWhere

_DEFAULT = Path(__file__).parents[2] / "configs" / "default.py"


def changed(fields: Mapping[str, Any]) -> str | None:
    """Returns "train.steps = 500 (default: 1000); …", "none"; None where the file is not there.

    fields: as `differences.fields_of` returns them. Fields that change no figure here, as data.dir,
    are left out.
    """
    if not _DEFAULT.is_file():  # the package is used without its checkout
        return None
    default = settings.flatten(runpy.run_path(str(_DEFAULT))["get_config"]())
    said = [
        f"{name} = {written(fields[name])} (default: {written(default[name])})"
        for name, field in known(fields).items()
        if _matters(field, fields) and fields[name] != default[name]
    ]
    return "; ".join(said) or "none"


def _matters(field: Field, fields: Mapping[str, Any]) -> bool:
    if isinstance(field.paper, OnlyWhere):
        return counts(field.paper, fields)
    return field.paper is not NO_RESULT
