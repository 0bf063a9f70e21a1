"""The names in anybody's table of predictions: each in one spelling, or the table is refused."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.files.cells import Cells
from mol_jax.protocol.people import study, subject_name
from mol_jax.scoring import clip_sets
from mol_jax.text import spelling
from mol_jax.text.words import shortened


@dataclasses.dataclass(frozen=True)
class Names:
    """The one spelling of each name, by what it is; of a subject by (study, name)."""

    names: Mapping[str, Mapping[str, str]]
    subjects: Mapping[tuple[str, str], str]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, path: str | Path, lines: Sequence[Cells]) -> "Names":
        """Settles all names of a table. Raises UserError where one seems to be spelled twice."""
        where, notes = str(path), []
        names: dict[str, Mapping[str, str]] = {}
        for role in ("dataset", "fold", "person"):
            names[role] = spelling.settle(_values(lines, role), what=role, where=where)
        classes = {*_values(lines, "true"), *_values(lines, "pred")}
        names["true"] = names["pred"] = spelling.settle(classes, what="class", where=where)
        names["clip"] = _clips(_values(lines, "clip"))
        _refuse_two_datasets(names["dataset"].values(), where)
        groups: dict[str, set[str]] = {}
        for line in lines:
            dataset = line.values.get("dataset", "")
            subject = subject_name(dataset, line.values["subject"])
            groups.setdefault(study(dataset), set()).add(subject)
        settled = {
            group: spelling.settle(each, what="subject", where=where)
            for group, each in groups.items()
        }
        kinds = [*((role, names[role]) for role in ("true", "fold", "person", "clip"))]
        kinds += [("subject", each) for each in settled.values()]
        for role, each in kinds:
            joined = spelling.joined(each)
            if joined:
                kind = spelling.plural("class" if role == "true" else role)
                notes.append(f"The {kind} were read as numbers: {shortened(joined)}.")
        by_name = {(group, old): new for group, of in settled.items() for old, new in of.items()}
        return cls(names, by_name, tuple(notes))

    def name(self, line: Cells, role: str) -> str:
        """Returns a name of a line as it is spelled here, "" where the table has none."""
        return self.names[role][line.values[role]] if line.has(role) else ""

    def subject(self, line: Cells) -> str:
        """Returns the subject of a line; what a study's people are called stays as it is."""
        dataset, written = line.values.get("dataset", ""), line.values["subject"]
        known = subject_name(dataset, written)
        settled = self.subjects[study(dataset), known]
        return written if settled == known else settled


def _values(lines: Sequence[Cells], role: str) -> set[str]:
    return {line.values[role] for line in lines if line.has(role)}


def _clips(names: Iterable[str]) -> Mapping[str, str]:
    """Returns the one spelling of each clip: a number where one is there in two forms, 1 and 01.

    Other names stay: they are of files, in which case and separators tell clips apart.
    """
    numbers = {name: spelling.whole(name) for name in sorted(names)}
    times = Counter(numbers.values())
    return {
        name: str(number) if number is not None and times[number] > 1 else name
        for name, number in numbers.items()
    }


def _refuse_two_datasets(names: Iterable[str], where: str) -> None:
    """Refuses casme2 beside CASME II: the figures of a dataset are of all its clips."""
    first: dict[str, str] = {}
    for name in sorted(names):
        other = first.setdefault(clip_sets.dataset_name(name), name)
        if other != name:
            raise UserError(
                f"{where} has the datasets {other!r} and {name!r}, which are one: spell it in one "
                "way"
            )


def class_names(path: str | Path, lines: Sequence[Cells], names: Names) -> list[str]:
    """Returns the classes, sorted; refuses predictions that name no class of the labels."""
    true, pred = ({names.name(line, role) for line in lines} for role in ("true", "pred"))
    numbers = all(spelling.whole(label) is not None for label in true)
    odd = [n for n in sorted(pred) if spelling.is_number(n) and spelling.whole(n) is None]
    if numbers and odd:
        line = next(line for line in lines if names.name(line, "pred") == odd[0])
        expected = "a class as in the labels, not a number that a network puts out"
        raise line.fail("pred", repr(odd[0]), expected)
    alike = {spelling.whole(label) is None for label in true} & {
        spelling.whole(label) is None for label in pred
    }
    if lines and not true & pred and (not alike or min(len(true), len(pred)) > 1):
        raise UserError(
            f"{path} has the labels {shortened(sorted(true), between=', ')} and the predictions "
            f"{shortened(sorted(pred), between=', ')}, which have no class in common: spell the "
            "classes alike in both columns"
        )
    return sorted(true | pred, key=_in_order)


def _in_order(name: str) -> tuple[int, str]:
    """Sorts numbers as numbers, before names."""
    number = spelling.whole(name)
    return (0, f"{number + 10**9:012}") if number is not None else (1, name)
