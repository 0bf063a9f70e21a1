"""The config of a command line: its file, its network, and the fields that are set there."""

import itertools
import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from absl import flags
from ml_collections import ConfigDict, config_flags

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings import broken
from mol_jax.settings.broken import one_line

_NETWORK = re.compile("--?config[.]model[.]network")


class _NumberOrWord(flags.ArgumentParser):
    """Parses the value of a field that is a whole number or a word; its rule says which."""

    def parse(self, argument: str | int) -> str | int:
        try:
            return int(argument)
        except ValueError:
            return argument

    def flag_type(self) -> str:
        return "a whole number or a word"


config_flags.register_flag_parser_for_type(int | str, _NumberOrWord())


def path_of(argv: Sequence[str], *, start: str) -> Path:
    """Returns the file that --config names. Raises UserError where it is not there.

    start: a file to start with, for the refusal.
    """
    given = [a.partition("=")[2] for a in argv if a.startswith(("--config=", "-config="))]
    given += [b for a, b in itertools.pairwise(argv) if a in ("--config", "-config")]
    if not given:
        raise UserError(f"no --config=FILE was given; start with {start}.")
    if not os.path.isfile(given[-1]):
        raise broken.not_there(given[-1], start)
    return Path(given[-1])


def load(path: Path) -> ConfigDict:
    """Returns what get_config() of a file returns, before anything is set.

    Raises UserError for a file that fails, or returns something else.
    """
    known, argv = flags.FlagValues(), ["", f"--config={path}"]
    config_flags.DEFINE_config_file("config", flag_values=known, sys_argv=argv)
    try:
        known(argv)
        config = known["config"].value
        hasattr(config, "seeds")  # raises what kept config_flags from reading the file
    except UserError as error:  # of a network that it names
        raise UserError(f"{path}: {error}") from error
    except flags.Error as error:
        cause = broken.origin(path, error)
        if cause:
            raise broken.refusal(path, cause, one_line(cause)) from error
        if one_line(error).startswith("TypeError: "):  # of the call, so at no line of the file
            raise broken.not_callable(path, one_line(error)) from error
        raise UserError(f"{one_line(error)}; configs/casme2.py is an example.") from error
    except (Exception, SystemExit) as error:  # the config file is the user's own program
        raise broken.refusal(path, error, one_line(error)) from error
    if not isinstance(config, ConfigDict):
        raise broken.no_config(path, config)
    return config


def overrides(argv: Sequence[str], more: Collection[str] = ()) -> tuple[str, ...]:
    """Returns the fields that are set. Raises UserError for one that no config has.

    more: fields that the command has beside those of every config.
    """
    found = []
    for argument in argv:
        name = argument.partition("=")[0].lstrip("-")
        before, is_field, field = name.removeprefix("no").partition("config.")
        if argument.startswith("-") and is_field and not before:
            if field not in (*settings.FIELDS, *more) and not field.startswith("model."):
                raise settings.unknown_field(field, "mol", more)
            found.append(field)
    return tuple(found)


def set_network(config: ConfigDict, argv: Sequence[str]) -> None:
    """Gives a config the network that the command line names, before any field of it is set."""
    named = [a.partition("=")[2] for a in argv if _NETWORK.fullmatch(a.partition("=")[0])]
    named += [b for a, b in itertools.pairwise(argv) if _NETWORK.fullmatch(a)]
    if named and named[-1] != settings.flatten(config).get("model.network"):
        settings.set_network(config, named[-1])


def refuse_unknown(config: ConfigDict, names: Sequence[str], more: Collection[str] = ()) -> None:
    """Raises UserError for a field that a config with this network does not have.

    more: as for `overrides`.
    """
    network = settings.flatten(config).get("model.network", "mol")
    for name in names:
        if name not in settings.declared(network) and name not in more:
            raise settings.unknown_field(name, network, more)


def without_file(argv: Sequence[str]) -> list[str]:
    """Returns the command line without --config=FILE, in either spelling."""
    spelled = [a in ("--config", "-config") for a in argv]
    dropped = [a.startswith(("--config=", "-config=")) for a in argv]
    file = [False, *spelled[:-1]]
    return [a for a, *drop in zip(argv, spelled, dropped, file, strict=True) if not any(drop)]
