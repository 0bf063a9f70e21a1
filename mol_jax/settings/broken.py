"""A config file that fails: which line of it, and what to do."""

import os
import re
import traceback
from pathlib import Path

from mol_jax.errors import UserError

CHECKOUT = Path(__file__).parents[2]
OWN = ("configs", "launch", "tests", "benchmarks")  # found from the checkout, and not installed


def origin(path: Path, error: BaseException | None) -> BaseException | None:
    """Returns the first error that came from a line of the config file, None if there is none.

    path: as it was given on the command line. error: the last of those that followed each other.
    """
    found = None
    while error is not None:
        if _line(path, error):
            found = error
        error = error.__cause__ or error.__context__
    return found


def _line(path: Path, error: BaseException) -> int | None:
    file = path.resolve()
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == file]
    return lines[-1] if lines else None


def refusal(path: Path, error: BaseException, said: str) -> UserError:
    """Returns the refusal of a config file that raised `error`; said: its message in one line."""
    if isinstance(error, ModuleNotFoundError) and error.name in OWN:
        return UserError(
            f"{path} imports {error.name}, which is found from the checkout only: run this command "
            f"in {CHECKOUT}, or with PYTHONPATH={CHECKOUT}."
        )
    line = _line(path, error)
    where = f", line {line}" if line else ""
    said = re.sub("<class '([^']*)'>", r"\1", said)  # as ml_collections names types
    if isinstance(error, SystemExit):
        said = "it ends the program"
    return UserError(
        f"{path} cannot be used as a config ({type(error).__name__}: {said}{where}); "
        "configs/casme2.py is an example."
    )


def not_callable(path: Path, said: str) -> UserError:
    """Returns the refusal of a config file whose get_config() cannot be called; said: by Python."""
    return UserError(
        f"{path} cannot be used as a config ({said}); get_config() must be a function that needs "
        "no argument, as in configs/casme2.py."
    )


def no_config(path: Path, config: object) -> UserError:
    """Returns the refusal of a config file whose get_config() returned something else."""
    return UserError(
        f"{path}: get_config() returned a {type(config).__name__}; it must return the ConfigDict "
        "of configs/default.py, changed."
    )


def not_there(given: str, start: str) -> UserError:
    """Returns the refusal of a config file that is not there; start: what to start with."""
    if os.path.isfile(CHECKOUT / given) and not Path(given).is_absolute():
        return UserError(
            f"there is no config file {given!r} here, but in the checkout: run this command in "
            f"{CHECKOUT}."
        )
    return UserError(f"there is no config file {given!r}; start with {start}.")


def one_line(error: BaseException) -> str:
    """Returns the last line of an error's message that says something."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    said = lines[-1].strip() if lines else "no message"
    # absl says this as a tuple.
    return re.sub(
        r"\('Non-boolean argument to boolean flag', (.*)\)", r"\1 is no True or False", said
    )
