"""A spotter and its constants from a config file, as configs/spotting/flow.py."""

import dataclasses
import math
import runpy
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.spotting.settings import METHODS, USUAL, Settings
from mol_jax.text.words import nearest

FIELDS = {field.name: getattr(USUAL, field.name) for field in dataclasses.fields(Settings)}


def read(path: str) -> tuple[str, Settings]:
    """Returns the method that a config names, and its constants; those it leaves out are usual.

    Raises UserError for a file that is no config, a method or a constant that there is not, or one
    that is no number in its range.
    """
    if not Path(path).is_file():
        raise UserError(
            f"--config is {path}, which is no file: give one as configs/spotting/flow.py"
        )
    try:
        config = runpy.run_path(path)["get_config"]()
        method, given = str(config.method), dict(config.settings)
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"{path} is no config of a spotter ({type(error).__name__}: {error}): expected "
            "get_config() with method and settings, as in configs/spotting/flow.py"
        ) from error
    if method not in METHODS:
        raise UserError(f"{path}: method is {method!r}; expected one of {', '.join(METHODS)}")
    constants: dict[str, Any] = {name: _checked(name, given[name]) for name in given}
    return method, dataclasses.replace(USUAL, **constants)


def _checked(name: str, value: object) -> float | int:
    if name not in FIELDS:
        raise UserError(f"settings.{name} is no constant of a spotter: {nearest(name, FIELDS)}")
    whole = isinstance(FIELDS[name], int)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UserError(f"settings.{name} is {value!r}; expected a number, as {FIELDS[name]}")
    if value <= 0 or (whole and value != int(value)):
        kind = "a whole number" if whole else "a number"
        raise UserError(f"settings.{name} is {value:g}; expected {kind} above 0")
    return int(value) if whole else float(value)
