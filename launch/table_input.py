"""What the commands of tables have in common on their command lines: flags, fields, a folder."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from absl import flags

from mol_jax.errors import UserError, exit_code
from mol_jax.files import place
from mol_jax.settings.broken import one_line


@dataclass(frozen=True)
class Common:
    """What every command of tables is asked. fields: those to set in every run, as flags."""

    folder: Path
    fields: tuple[str, ...]
    small: bool
    dry_run: bool
    print_only: bool


def answer(
    argv: Sequence[str], about: str, known: Callable[[], flags.FlagValues], run: Callable[[], int]
) -> int:
    """Runs a command, or prints what it is `about` and its flags; returns the exit code.

    0: every row was run. 1: the named ones failed, or lack folds. 2: bad input, one sentence on
    stderr. 130: stopped by Ctrl-C. 143: terminated.
    """

    def answered() -> int:
        if not any(argument in ("--help", "-help", "-h") for argument in argv):
            return run()
        lines = known().get_help(include_special_flags=False).splitlines()
        print(about, *(line for line in lines if line.startswith(" ")), sep="\n")
        return 0

    return exit_code(answered, stopped="stopped; run the same command to go on.")


def define(known: flags.FlagValues, *, what: str, small: str) -> None:
    """Defines the flags of `Common`. what: "table" or "tables". small: what --size=small is."""
    text = f"Folder of the runs and the {what}."
    flags.DEFINE_string("workdir", None, text, flag_values=known)
    flags.DEFINE_enum("size", "full", ["full", "small"], f"small: {small}.", flag_values=known)
    text = "Print each run's state and command; change nothing."
    flags.DEFINE_boolean("dry_run", False, text, flag_values=known)
    text = f"Print the {what} of what was run; train nothing."
    flags.DEFINE_boolean("print_only", False, text, flag_values=known)


def parse(argv: Sequence[str], known: flags.FlagValues, *, command: str, example: str) -> Common:
    """Reads a command line into the defined flags, and returns what is common of it.

    example: of the command, to start with. Raises UserError for a flag that is wrong.
    """
    own, fields = split(argv, example)
    try:
        extra = known(own)[1:]
    except flags.Error as error:
        raise UserError(f"{one_line(error)}; see python -m {command} --help.") from error
    if extra:
        raise UserError(f"unexpected argument {extra[0]!r}: options are given as --name=value.")
    where = folder(known["workdir"].value, example)
    dry_run, print_only = bool(known["dry_run"].value), bool(known["print_only"].value)
    if dry_run and print_only:
        raise UserError("--dry_run and --print_only were both given; leave one out.")
    return Common(where, tuple(fields), known["size"].value == "small", dry_run, print_only)


def split(argv: Sequence[str], example: str) -> tuple[list[str], list[str]]:
    """Returns the flags of a command of tables and those that set fields of the rows' configs.

    example: a command to start with. Raises UserError for a flag that is of one run alone.
    """
    own, fields = [], []
    for argument in argv:
        name = argument.lstrip("-").partition("=")[0]
        if argument.startswith("-") and name in ("config", "mode"):
            raise UserError(
                f"--{name} is none of this command's: the rows name their own configs; "
                f"see {example}."
            )
        if not (argument.startswith("-") and name.removeprefix("no").startswith("config.")):
            own.append(argument)
        elif "=" not in argument and not name.startswith("no"):
            raise UserError(f"{argument} has no value; write it as {argument}=VALUE.")
        else:
            fields.append(argument)
    return own, fields


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
