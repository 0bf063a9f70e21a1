"""The organisers' list of MEGC 2019's composite: which clips there are, and the class of each.

`combined_3class_gt.csv` has no header and four columns: database, subject, clip and class. Every
database spells its subjects in its own way.
"""

import csv
import dataclasses
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from data_builders.annotations.sheet import read_text
from data_builders.casme2 import annotation as casme2
from data_builders.samm import annotation as samm
from data_builders.smic import layout as smic
from mol_jax.errors import UserError

FILE = "combined_3class_gt.csv"
CLASSES = ("negative", "positive", "surprise")  # in the order of the file's numbers
ENTRIES = 442
SHOWN = 4  # of the clips that differ, in an error


@dataclasses.dataclass(frozen=True, order=True)
class Clip:
    """A clip as the builders name it, in lower case: clip names differ in nothing else."""

    dataset: str
    subject: str
    clip: str

    def __str__(self) -> str:
        return f"{self.dataset}/{self.subject}/{self.clip}"


def name_of(dataset: str, subject: str, clip: str) -> Clip:
    """The name of a clip, from either spelling: smic's s01 and s01_ne_01 are s1 and s1_ne_01."""
    return Clip(dataset, *_SPELLING[dataset](subject.strip(), clip.strip()))


def _casme2(subject: str, clip: str) -> tuple[str, str]:
    return casme2.subject_name(subject), clip.lower()


def _smic(subject: str, clip: str) -> tuple[str, str]:
    number, name = smic.subject_number(subject), smic.ClipName.parse(clip)
    return subject if number is None else f"s{number}", str(name) if name else clip.lower()


def _samm(subject: str, clip: str) -> tuple[str, str]:
    return samm.subject_name(subject), clip.lower()


_SPELLING: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "casme2": _casme2,
    "smic": _smic,
    "samm": _samm,
}


def read(file: Path) -> dict[Clip, str]:
    """Reads the organisers' list: each clip's class.

    Raises:
      UserError: if the file cannot be read, or is not that list.
    """
    if not os.path.isfile(file):  # Path.is_file raises over a name too long
        raise UserError(
            f"there is no file {file}: data.check_csv names MEGC2019's {FILE}, or is empty"
        )
    text = read_text(file)
    found: dict[Clip, str] = {}
    blank = 0
    for number, line in enumerate(text.splitlines(), start=1):
        cells = _cells(file, number, line)
        if not any(cells):
            blank += bool(line.strip())
            continue
        clip, label = _entry(file, number, cells)
        if clip in found:
            raise UserError(f"{file}, line {number}: {clip} is there a second time: copy it again")
        found[clip] = label
    if len(found) != ENTRIES:
        other = f" and {blank} lines without any, as {_other_file()} has" if blank else ""
        raise UserError(
            f"{file} has {len(found)} entries{other}, expected {ENTRIES}: take the organisers' "
            f"{FILE}"
        )
    return found


def check(expected: Mapping[Clip, str], found: Mapping[Clip, str], file: Path) -> None:
    """Checks the loaded clips against the list, as far as it is of their datasets.

    expected: as `read` returns it. found: each clip's class, by its name from `name_of`.

    Raises:
      UserError: if a clip is missing, is not in the list, or has another class there.
    """
    datasets = {clip.dataset for clip in found}
    listed = {clip: label for clip, label in expected.items() if clip.dataset in datasets}
    both = listed.keys() & found.keys()
    differ: dict[str, list] = {
        "not in the data": sorted(listed.keys() - found.keys()),
        "not in the list": sorted(found.keys() - listed.keys()),
        "of another class": [
            f"{clip} ({found[clip]}, listed as {listed[clip]})"
            for clip in sorted(both)
            if found[clip] != listed[clip]
        ],
    }
    parts = [f"{len(clips)} {how}: {_some(clips)}" for how, clips in differ.items() if clips]
    if parts:
        raise UserError(
            f"the {len(found)} clips differ from {file}, which has {len(listed)} of their datasets "
            f"({'; '.join(parts)}): check data.view and the dataset's folders, or leave "
            "data.check_csv empty"
        )


def check_file(file: Path, names: Iterable[tuple[str, str, str]], labels: Iterable[str]) -> None:
    """Checks clips against the list in a file.

    names: dataset, subject and clip of each. labels: their classes.

    Raises:
      UserError: as `read` and `check`, or if a dataset is none of the list's.
    """
    pairs = list(zip(names, labels, strict=True))
    _refuse_other_datasets({dataset for (dataset, _, _), _ in pairs})
    check(read(file), {name_of(*name): label for name, label in pairs}, file)


def _refuse_other_datasets(datasets: Collection[str]) -> None:
    other = sorted(set(datasets) - set(_SPELLING))
    if other:
        raise UserError(
            f"data.check_csv lists clips of {', '.join(_SPELLING)}, not of {other[0]}: leave it "
            "empty, or choose another data.name"
        )


def _cells(file: Path, number: int, line: str) -> list[str]:
    try:
        return [cell.strip() for row in csv.reader([line], strict=True) for cell in row]
    except csv.Error as error:
        raise UserError(
            f"{file}, line {number} cannot be read ({error}): take the organisers' {FILE}"
        ) from error


def _entry(file: Path, number: int, cells: list[str]) -> tuple[Clip, str]:
    dataset = cells[0].lower()
    whole = len(cells) == 4 and all(cells) and dataset in _SPELLING
    if not whole or cells[3] not in map(str, range(len(CLASSES))):
        raise UserError(
            f"{file}, line {number} is {','.join(cells)[:80]!r}, expected database, subject, clip "
            f"and class 0, 1 or 2, such as samm,6,006_1_2,0: take the organisers' {FILE}"
        )
    return name_of(dataset, cells[1], cells[2]), CLASSES[int(cells[3])]


def _other_file() -> str:
    """The list of the same site that lacks a clip."""
    return FILE.replace(".csv", "-2.csv")


def _some(clips: Collection) -> str:
    shown = [str(clip) for clip in list(clips)[:SHOWN]]
    more = len(clips) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
