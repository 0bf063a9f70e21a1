"""Where a prediction is written: a folder of its own for each recording, nothing written over."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mol_jax.dense.output import refuse_inside_a_run
from mol_jax.errors import UserError
from mol_jax.files.whole import read_text
from mol_jax.predicting.tables import LANDMARKS, PREDICTIONS, SUMMARY, identity_of

# What a prediction leaves: in a folder that has a summary and nothing else it may be made again.
# The summary is written first, so that one that was stopped is known too.
OWN = (SUMMARY, PREDICTIONS, LANDMARKS)
PICTURE = re.compile(r"(?:face|timeline)\w*\.(?:png|svg)")  # as the page has them
PARTIAL = re.compile(r"\.(.+)\.partial(\.mp4)?")  # of what was being written when it was killed
Source = Path | int


def folders(out: Path, sources: Sequence[Source], run: Path, more: Sequence[str]) -> list[Path]:
    """Returns the folder of each recording: `out` itself for one, one below it for each of several.

    more: names of what else a prediction leaves. Raises UserError where a file that is not of an
    earlier prediction of this recording would lie beside or be lost, or where pictures of faces
    would get in among a run's.
    """
    refuse_inside_a_run(out, run)
    names = [_name(source) for source in sources]
    places = [out] if len(sources) == 1 else [out / name for name in _apart(names)]
    for place, source in zip(places, sources, strict=True):
        _refuse_foreign(place, {*OWN, *more}, source)
    return places


def clear(place: Path, more: Sequence[str]) -> None:
    """Takes away what an earlier prediction left, but its summary, which is written over first.

    Else a table, a picture or a video of that one would stand beside those of this one. Raises
    UserError where that cannot be done.
    """
    path = place
    try:
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
            path = place / name
            if _whole(name) not in {*OWN, *more} or name == SUMMARY:
                continue
            for file in sorted(path.iterdir()) if path.is_dir() else [path]:
                if file is path or PICTURE.fullmatch(_whole(file.name)):
                    file.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"--out: {path} cannot be replaced ({error.strerror}).") from error


def _refuse_foreign(place: Path, own: set[str], source: Source) -> None:
    for above in (place, *place.parents):
        if os.path.lexists(above) and not os.path.isdir(above):
            raise UserError(f"--out: {above} is a file; name a folder, a new or an empty one.")
    try:
        found = sorted(os.listdir(place)) if os.path.isdir(place) else []
        foreign = list(_foreign(place, found, own))
    except OSError as error:
        raise UserError(
            f"--out: {place} cannot be read ({error.strerror}); name another."
        ) from None
    begun = SUMMARY in found or all(map(PARTIAL.fullmatch, found))
    if foreign or not begun:
        raise UserError(
            f"--out: {place} holds {(foreign or found)[0]}, which no earlier prediction has left "
            "there; choose a new or an empty folder, so that nothing is mixed up or written over."
        )
    # A camera's recording is kept nowhere else, and no later one is the same.
    if SUMMARY in found and (isinstance(source, int) or not _is_of(place / SUMMARY, source)):
        raise UserError(
            f"--out: {place} holds what was predicted of another recording than {source}, and it "
            "would be written over; choose a new or an empty folder."
        )


def _foreign(place: Path, found: Sequence[str], own: set[str]) -> Iterator[str]:
    """Yields what no prediction has left in a folder and in those below it."""
    for name in found:
        if _whole(name) not in own:
            yield name
        elif os.path.isdir(place / name):
            inside = sorted(os.listdir(place / name))
            yield from (f"{name}/{one}" for one in inside if not PICTURE.fullmatch(_whole(one)))


def _whole(name: str) -> str:
    """Returns the name of the file that a partial one would have become; others' own."""
    partial = PARTIAL.fullmatch(name)
    return partial[1] + (partial[2] or "") if partial else name


def _is_of(summary: Path, source: Source) -> bool:
    """Tells whether a summary is of this very recording."""
    try:
        return json.loads(read_text(summary))["recording"]["identity"] == identity_of(source)
    except (UserError, ValueError, KeyError, TypeError):
        return False


def _name(source: Source) -> str:
    """Returns a folder's name for a recording, of signs that any file system takes."""
    if isinstance(source, int):
        return f"camera{source}"
    stem = source.resolve().name if os.path.isdir(source) else source.stem
    return re.sub(r"[^\w .-]+", "_", stem).strip(" .") or "recording"


def _apart(names: Sequence[str]) -> list[str]:
    """Returns names that no two recordings share, on file systems without capitals too."""
    taken, found = set[str](), list[str]()
    for name in names:
        own, count = name, 1
        while own.casefold() in taken:  # "a_2" may be another recording's own name
            count += 1
            own = f"{name}_{count}"
        taken.add(own.casefold())
        found.append(own)
    return found
