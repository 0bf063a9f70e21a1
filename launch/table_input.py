"""What the commands of tables have in common on their command lines: fields, and a folder."""

import os
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files import place


def split(argv: Sequence[str], example: str) -> tuple[list[str], list[str]]:
    """Returns the flags of a command of tables and those that set fields of the rows' configs.

    example: a command to start with. Raises UserError for a flag that is of one run alone.
    """
    flags, fields = [], []
    for argument in argv:
        name = argument.lstrip("-").partition("=")[0]
        if argument.startswith("-") and name in ("config", "mode"):
            raise UserError(
                f"--{name} is none of this command's: the rows name their own configs; "
                f"see {example}."
            )
        if not (argument.startswith("-") and name.removeprefix("no").startswith("config.")):
            flags.append(argument)
        elif "=" not in argument and not name.startswith("no"):
            raise UserError(f"{argument} has no value; write it as {argument}=VALUE.")
        else:
            fields.append(argument)
    return flags, fields


def folder(workdir: str | None, example: str) -> Path:
    """Returns the folder that holds the folders of the runs. Raises UserError where it cannot."""
    if not workdir:
        raise UserError(f"no --workdir=DIR was given; start with {example}.")
    checked = place.checked(workdir)
    if os.path.isfile(checked / "config.json"):
        raise UserError(
            f"{checked} is the folder of a run (it has a config.json); give a --workdir to hold "
            "the folders of several."
        )
    return checked


def make(workdir: Path) -> None:
    """Makes the folder: whether it can be written is known before the first run."""
    try:
        workdir.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(
            f"cannot make the folder {workdir} ({why}); give another --workdir."
        ) from error
