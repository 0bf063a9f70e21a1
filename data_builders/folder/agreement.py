"""What the lines of a table of labels must agree on: names, people and frames."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.annotations.sheet import Line
from mol_jax.errors import UserError
from mol_jax.text import spelling


def settled(
    labels: Path, clips: list[ClipAnnotation]
) -> tuple[list[ClipAnnotation], tuple[str, ...]]:
    """The clips with one spelling of each subject and label, and which numbers were joined.

    Raises:
      UserError: if two subjects, or two labels, may be one in two spellings.
    """
    subjects = spelling.settle((c.subject for c in clips), what="subject", where=str(labels))
    named = spelling.settle((c.emotion for c in clips), what="label", where=str(labels))
    made = [
        dataclasses.replace(
            clip,
            subject=subjects[clip.subject],
            person=f"{clip.dataset}/{subjects[clip.subject]}",
            emotion=named[clip.emotion],
        )
        for clip in clips
    ]
    kinds = (("subjects", subjects), ("labels", named))
    joined = [(kind, spelling.joined(names)) for kind, names in kinds]
    notes = [f"{labels.name}: {kind} read as one: {', '.join(j)}" for kind, j in joined if j]
    return made, tuple(notes)


def refuse_repeats(labels: Path, lines: Sequence[Line], clips: Sequence[ClipAnnotation]) -> None:
    """Refuses two clips of one name, and the same frames twice under two."""
    names: dict[str, int] = {}
    for line, clip in zip(lines, clips, strict=True):
        spans = f"frames {clip.onset} to {clip.offset} of {os.path.realpath(clip.folder)}"
        for name in (f"clip {clip.key!r}".lower(), spans):
            first = names.setdefault(name, line.number)
            if first != line.number:
                raise UserError(
                    f"{labels}, line {line.number}: {name} is there a second time, after line "
                    f"{first}: remove one, or give each its own name in the column clip"
                )


def refuse_two_people(labels: Path, lines: Sequence[Line], clips: Sequence[ClipAnnotation]) -> None:
    """Refuses two subjects in one recording, which would put one on both sides of a fold."""
    filmed: dict[str, str] = {}
    for line, clip in zip(lines, clips, strict=True):
        other = filmed.setdefault(os.path.realpath(clip.folder), clip.subject)
        if other != clip.subject:
            raise UserError(
                f"{labels}, line {line.number}: {clip.folder} shows subject {clip.subject!r} here "
                f"and {other!r} above, expected one person: mend the subject or the path"
            )
