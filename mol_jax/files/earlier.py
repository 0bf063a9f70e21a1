"""What was there before: a file that is to be written over with something else is kept beside it.

predictions.csv becomes predictions.before-20261126-213045.csv, the time at which it was replaced.
"""

import time
from pathlib import Path

from mol_jax.errors import UserError


def name_of(path: Path) -> Path:
    """Returns a free name beside `path` for what it holds now."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for more in ("", *(f"-{number}" for number in range(2, 1000))):
        place = path.with_name(f"{path.stem}.before-{stamp}{more}{path.suffix}")
        if not place.exists():
            return place
    raise AssertionError("a thousand files in a second")


def set_aside(path: Path) -> Path | None:
    """Renames a file to a free name beside it, which is returned; None if there is no file.

    Raises UserError where it cannot be renamed.
    """
    place = name_of(path)
    try:
        path.rename(place)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(
            f"{path} cannot be kept as {place.name} ({error.strerror}), so it is not written over: "
            "make the folder writable, and run again."
        ) from error
    return place
