"""Where a prediction is written: a folder of its own for each recording, nothing written over."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mol_jax.dense.output import refuse_inside_a_run
from mol_jax.errors import UserError
from mol_jax.predicting.tables import LANDMARKS, PREDICTIONS, SUMMARY

# What a prediction leaves: in a folder that has a summary and nothing else it may be made again.
OWN = (SUMMARY, PREDICTIONS, LANDMARKS)
PICTURE = re.compile(r"(?:face|timeline)\w*\.(?:png|svg)")  # as the page has them
Source = Path | int


def folders(out: Path, sources: Sequence[Source], run: Path, more: Sequence[str]) -> list[Path]:
    """Returns the folder of each recording: `out` itself for one, one below it for each of several.

    more: names of what else a prediction leaves. Raises UserError where a file that is not of an
    earlier prediction would lie beside, or where pictures of faces would get in among a run's.
    """
    refuse_inside_a_run(out, run)
    names = [_name(source) for source in sources]
    places = [out] if len(sources) == 1 else [out / name for name in _apart(names)]
    for place in places:
        _refuse_foreign(place, {*OWN, *more})
    return places


def clear(place: Path, more: Sequence[str]) -> None:
    """Takes away what an earlier prediction left beside its tables, which are written over.

    Else a picture or a video of that one would stand beside the tables of this one. Raises
    UserError where that cannot be done.
    """
    try:
        for name in more:
            path = place / name
            inside = list(path.iterdir()) if path.is_dir() else [path]
            for file in inside:
                if file is path or PICTURE.fullmatch(file.name):
                    file.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"--out: {path} cannot be replaced ({error.strerror}).") from error


def _refuse_foreign(place: Path, own: set[str]) -> None:
    for above in (place, *place.parents):
        if os.path.lexists(above) and not above.is_dir():
            raise UserError(f"--out: {above} is a file; name a folder, a new or an empty one.")
    try:
        found = sorted(os.listdir(place)) if place.is_dir() else []
    except OSError as error:
        raise UserError(
            f"--out: {place} cannot be read ({error.strerror}); name another."
        ) from None
    foreign = [name for name in found if name not in own]
    if foreign or (found and SUMMARY not in found):
        raise UserError(
            f"--out: {place} holds {(foreign or found)[0]}, which no earlier prediction has left "
            "there; choose a new or an empty folder, so that nothing is mixed up or written over."
        )


def _name(source: Source) -> str:
    """Returns a folder's name for a recording, of signs that any file system takes."""
    if isinstance(source, int):
        return f"camera{source}"
    stem = source.resolve().name if source.is_dir() else source.stem
    return re.sub(r"[^\w .-]+", "_", stem).strip(" .") or "recording"


def _apart(names: Sequence[str]) -> list[str]:
    """Returns names that no two recordings share, on file systems without capitals too."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name.casefold()] += 1
        count = seen[name.casefold()]
        found.append(name if count == 1 else f"{name}_{count}")
    return found
