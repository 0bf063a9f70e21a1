"""The annotation as the builder reads it, or what should have been there."""

import collections
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from data_builders.annotate import annotate
from data_builders.annotations.annotation import NO_APEX, AnnotatedSource, read_marker
from data_builders.datasets import BUILDERS, VIEW_MODULES
from data_builders.diagnosis.findings import Findings
from data_builders.recipes import names as recipes
from data_builders.records.options import FOLDER
from mol_jax.errors import UserError
from mol_jax.text.words import counted

TRIED = 20  # folders in --source in which the dataset is looked for
NEAR = ("casme2", "samm", "synthetic")  # look in known places: others would walk a whole disk
UNNAMED_CLIPS = {FOLDER: "recording"}  # what clips are that no annotation speaks of
UNNAMED = ("folder", "synthetic")  # whose files are not called after them


def report(name: str, source: Path, annotated: AnnotatedSource, findings: Findings) -> None:
    """The annotation's section: what it holds, and what of it the build leaves out."""
    clips = annotated.clips
    subjects = {clip.subject for clip in clips}
    findings.ok(f"read {_inside(annotated.file, source)}")
    if not clips:
        findings.bad("no clip could be built: the annotation names none that is on disk")
    else:
        findings.ok(f"{counted(len(clips), 'clip')} of {counted(len(subjects), 'subject')}")
        emotions = collections.Counter(clip.emotion for clip in clips)
        for emotion, number in emotions.most_common():
            findings.note(f"emotion {emotion}: {counted(number, 'clip')}")
    if annotated.skipped:
        findings.odd(
            f"{counted(len(annotated.skipped), 'annotated clip')} that cannot be built: left out, "
            "and listed in the metadata",
            [f"{s.subject}/{s.clip}: {s.reason}" for s in annotated.skipped],
        )
    if annotated.unannotated:
        findings.odd(
            f"{counted(len(annotated.unannotated), UNNAMED_CLIPS.get(name, 'clip folder'))} "
            "without annotation: left out, and listed in the metadata",
            annotated.unannotated,
        )
    for note in annotated.notes:
        findings.note(note)
    _report_apexes(annotated, findings)
    if read_marker(source) is not None:
        findings.note("these clips are generated, not recordings of people")


def _report_apexes(annotated: AnnotatedSource, findings: Findings) -> None:
    without = [clip for clip in annotated.clips if clip.apex == NO_APEX]
    at_onset = [clip for clip in annotated.clips if clip.apex == clip.onset]
    middle = "t = 2 takes the middle frame"
    if without and len(without) == len(annotated.clips):
        findings.note(f"no clip has an apex: {middle}")
    elif without:
        findings.odd(
            f"{counted(len(without), 'clip')} without an apex between onset and offset: apex is "
            f"-1, {middle}",
            [f"{clip.key}, frames {clip.onset} to {clip.offset}" for clip in without],
        )
    if at_onset:
        findings.odd(
            f"{counted(len(at_onset), 'clip')} whose apex is the onset: kept, {middle}",
            [f"{clip.key}, frame {clip.onset}" for clip in at_onset],
        )


def _inside(file: Path, source: Path) -> Path:
    return file.relative_to(source) if file.is_relative_to(source) and file != source else file


def report_missing(name: str, source: Path, findings: Findings) -> None:
    """What is in `source`, where else the dataset may lie, and the tree that was expected."""
    try:
        entries = sorted(source.iterdir())
    except OSError:  # not readable, which the fault before this one says
        entries = []
    there = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries]
    findings.note(f"in {source} there is{'' if there else ' nothing'}", there)
    spoken = " ".join([source.absolute().name, *there])
    for recipe in recipes.traced(spoken) if name != FOLDER else ():
        findings.note(f"names here speak of {recipe.title}: {recipe.advice}")
    for other, place in _elsewhere(name, source, entries):
        findings.note(f"this can be read: {other} --source={shlex.quote(str(place))}")
    expected = layout(name)
    if expected:
        findings.section(f"Expected in --source, from {expected[0]}")
        for line in expected[1]:
            findings.emit(f"  {line}")


def _elsewhere(name: str, source: Path, entries: Sequence[Path]) -> list[tuple[str, Path]]:
    """The same dataset one folder away, and other datasets that the names here speak of."""
    places = []
    if _package(name) in NEAR:
        below = [entry for entry in entries if entry.is_dir()][:TRIED]
        places = [(name, folder) for folder in (*below, source.absolute().parent)]
    spoken = _plain(" ".join([source.absolute().name, *(entry.name for entry in entries)]))
    others = [other for other in BUILDERS if other != name and _package(other) in spoken]
    places += [(other, source) for other in others if _package(other) not in UNNAMED]
    return [(other, place) for other, place in places if _can_be_read(other, place)]


def _package(name: str) -> str:
    return BUILDERS[name].split(".")[1]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9 ]", "", text.lower())


def _can_be_read(name: str, source: Path) -> bool:
    try:
        return bool(annotate(name, source).clips)
    except UserError:
        return False


def layout(name: str) -> tuple[str, list[str]] | None:
    """The file and the lines that show the expected tree, None where no README has it.

    It is the indented block in the README of the dataset, or of the one whose views it has, after
    the sentence about `DIR`.
    """
    root = Path(__file__).parents[1]
    for module in (BUILDERS[name], VIEW_MODULES[name]):
        file = root / module.split(".")[1] / "README.md"
        lines = _after_dir(file.read_text(encoding="utf-8")) if file.is_file() else []
        if lines:
            return file.relative_to(root.parent).as_posix(), lines
    return None


def _after_dir(text: str) -> list[str]:
    _, found, after = text.partition("\n`DIR` ")
    block: list[str] = []
    for line in after.splitlines()[1:] if found else ():
        if line.startswith("    "):
            block.append(line.removeprefix("    "))
        elif block:
            break
    return block
