"""What every dataset's annotation reader returns: clips to build, and rows that cannot be."""

import dataclasses
import json
import unicodedata
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError

NO_APEX = -1
UNPRINTED = ("Cc", "Cs", "Zl", "Zp")  # control characters, undecodable bytes, ends of lines
GENERATED_MARKER = "GENERATED.json"  # in the root of every generated look-alike


@dataclasses.dataclass(frozen=True)
class ClipAnnotation:
    """One annotated micro-expression and where its frames lie.

    `person` identifies a face across datasets; `subject` is the dataset's own name for it.
    `emotion` is the raw label in lower case. `onset`, `apex` and `offset` are the annotation's own
    frame numbers, and `apex` is `NO_APEX` where the annotation gives none between the others.
    """

    dataset: str
    subject: str
    person: str
    clip: str
    emotion: str
    action_units: str
    onset: int
    apex: int
    offset: int
    folder: Path

    @property
    def key(self) -> str:
        """Unique within a dataset: clip names repeat across subjects."""
        return f"{self.subject}/{self.clip}"


@dataclasses.dataclass(frozen=True)
class SkippedClip:
    """An annotated clip that is not in the built dataset, and why."""

    subject: str
    clip: str
    reason: str


@dataclasses.dataclass(frozen=True)
class AnnotatedSource:
    """A raw dataset folder as its annotation describes it.

    `file` is the annotation that was read, a folder where its folders' names are the annotation;
    `unannotated` are clip folders no row speaks of, as `printable` has them; `notes` is what else
    a reader should know, a sentence each.
    """

    file: Path
    clips: tuple[ClipAnnotation, ...]
    skipped: tuple[SkippedClip, ...]
    unannotated: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "unannotated", tuple(map(printable, self.unannotated)))


def printable(name: str) -> str:
    """A name from the disk, which may be of any bytes, as one line that can be printed."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in UNPRINTED else c
        for c in name
    )


def usable_apex(onset: int, apex: int | None, offset: int) -> int:
    """Returns the apex if onset <= apex <= offset, else `NO_APEX`."""
    return apex if apex is not None and onset <= apex <= offset else NO_APEX


def read_marker(source: Path) -> dict[str, Any] | None:
    """The marker of a generated look-alike in the root of `source`, None for real data."""
    # Above it too: --source may be one of the look-alike's own folders.
    above = (source.absolute(), *source.absolute().parents)
    file = next((f for f in (folder / GENERATED_MARKER for folder in above) if f.is_file()), None)
    if file is None:
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise UserError(f"{file} is damaged: generate the clips again") from error
