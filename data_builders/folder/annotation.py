"""labels.csv and the videos and frame folders it speaks of: anybody's own recordings.

Its writer can mend it, so it is refused at the first line that is wrong, and nothing is skipped.
"""

import dataclasses
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from data_builders.common.annotation import NO_APEX, AnnotatedSource, ClipAnnotation
from data_builders.common.frames import IMAGE_SUFFIXES, index_frames, is_image
from data_builders.common.sheet import Line, read_sheet
from data_builders.common.video import VIDEO_SUFFIXES, is_video
from mol_jax.errors import UserError

LABELS = "labels.csv"
REQUIRED = ("subject", "path", "label")
OPTIONAL = ("onset", "apex", "offset", "clip", "action_units")
LONGEST = 80  # bytes of a subject, which names a folder of checkpoints, each byte as %XX
SHOWN = 200  # characters of a cell, in an error


@dataclasses.dataclass(frozen=True)
class Recording:
    """A video or a folder of frames: where it lies, and the first and the last frame's number."""

    place: Path
    first: int
    last: int


def annotate(source: Path, dataset: str, labels: Path) -> AnnotatedSource:
    """Reads labels.csv; `source` is the folder its paths begin in.

    Raises:
      UserError: for the first line that cannot be used: see the README.
    """
    lines = read_sheet(labels, REQUIRED, OPTIONAL)
    recordings: dict[str, Recording] = {}
    clips = []
    for line in lines:
        try:
            clips.append(_clip(line, source, dataset, recordings))
        except UserError as error:
            raise UserError(f"{labels}, line {line.number}: {error}") from error
    _refuse_repeats(labels, lines, clips)
    _refuse_two_faces(labels, lines, clips)
    unannotated = _unannotated(source, {clip.folder for clip in clips})
    return AnnotatedSource(labels, tuple(clips), (), tuple(unannotated))


def find_labels(source: Path, labels: Path | None) -> Path:
    """The table of labels: the given file, here or in `source`, or else labels.csv in `source`.

    Raises:
      UserError: if there is none, or one in each place.
    """
    places = [source / LABELS] if labels is None else [labels, source / labels]
    found = [place for place in places if os.path.isfile(place)]
    if not found:
        raise UserError(
            f"there is no table of labels {places[0]}: --labels names a CSV file with the columns "
            f"{', '.join(REQUIRED)}"
        )
    if len(found) > 1 and not found[0].samefile(found[1]):
        raise UserError(
            f"there are {found[0].absolute()} and {found[1]}: give --labels the whole path of one"
        )
    return found[0]


def _clip(
    line: Line, source: Path, dataset: str, recordings: dict[str, Recording]
) -> ClipAnnotation:
    """One line as a clip. Raises UserError, without the line's number, if it is none."""
    subject, label = (_name(line, column) for column in ("subject", "label"))
    path = line["path"].replace("\\", "/")
    if path not in recordings:
        recordings[path] = _recording(source, path)
    recording = recordings[path]
    onset, apex, offset = _span(line, recording)
    return ClipAnnotation(
        dataset=dataset,
        subject=subject,
        person=f"{dataset}/{subject}",
        clip=_name(line, "clip") if line["clip"] else _clip_name(line, path),
        emotion=label.lower(),
        action_units=line["action_units"],
        onset=onset,
        apex=apex,
        offset=offset,
        folder=recording.place,
    )


def _name(line: Line, column: str) -> str:
    """A subject, label or clip. One folder of checkpoints and one line of a report each."""
    text = " ".join(line[column].split())
    if not text:
        raise UserError(f"the {column} is empty: fill it in, or remove the line")
    if not text.isprintable() or len(text.encode()) > LONGEST:
        raise UserError(
            f"the {column} is {text[:40]!r}, expected at most {LONGEST} bytes of printable text"
        )
    if column == "subject" and "/" in text:
        raise UserError(f"the subject is {text!r}, expected a name without a slash")
    return text


def _clip_name(line: Line, path: str) -> str:
    """The path without a video's suffix, with the frames that the line gives."""
    text = PurePosixPath(path)
    name = str(text.with_suffix("") if text.suffix.lower() in VIDEO_SUFFIXES else text)
    span = f"{line['onset']}-{line['offset']}"
    return name if span == "-" else f"{name}:{span}"


def _recording(source: Path, path: str) -> Recording:
    """The recording at a path inside `source`."""
    if not path:
        raise UserError("the path is empty: name a video or a folder of frames")
    shown = repr(path if len(path) <= SHOWN else f"{path[:SHOWN]}…")
    if any(unicodedata.category(character) == "Cc" for character in path):
        raise UserError(f"the path is {shown}, expected a name without control characters")
    root = os.path.abspath(source)
    place = os.path.abspath(os.path.join(root, path))
    if not Path(place).is_relative_to(root):
        raise UserError(f"the path {shown} leads out of {source}: give one inside it")
    # A table typed on one system and files copied from another spell é in two ways.
    spellings = [unicodedata.normalize(form, place) for form in ("NFC", "NFD")]
    for spelling in (place, *spellings):
        if os.path.exists(spelling):
            return _measured(Path(spelling))
    raise UserError(f"there is no {shown} in {source}: paths begin there")


def _measured(place: Path) -> Recording:
    if not place.is_dir() and not (place.is_file() and is_video(place)):
        raise UserError(
            f"{place} is no video ({' '.join(VIDEO_SUFFIXES)}) and no folder of frames: name one"
        )
    numbers = list(index_frames(place))
    if not numbers:
        raise UserError(
            f"{place} holds no numbered images ({' '.join(IMAGE_SUFFIXES)}), expected such as "
            "img1.jpg"
        )
    return Recording(place, numbers[0], numbers[-1])


def _span(line: Line, recording: Recording) -> tuple[int, int, int]:
    """Onset, apex and offset; an empty onset is the first frame, an empty offset the last."""
    given = {column: _number(line, column) for column in ("onset", "apex", "offset")}
    onset = recording.first if given["onset"] is None else given["onset"]
    offset = recording.last if given["offset"] is None else given["offset"]
    apex = given["apex"]
    if not recording.first <= onset <= offset <= recording.last:
        raise UserError(
            f"onset {onset} and offset {offset} do not fit {recording.place}, whose frames are "
            f"numbered {recording.first} to {recording.last}: expected first <= onset <= offset <= "
            "last"
        )
    if apex is not None and not onset <= apex <= offset:
        raise UserError(f"the apex is {apex}, expected {onset} to {offset}, or nothing")
    return onset, NO_APEX if apex is None else apex, offset


def _number(line: Line, column: str) -> int | None:
    """A frame number, None for an empty cell; pandas writes 12.0 where other cells are empty."""
    text = line[column]
    if text and not re.fullmatch(r"\d{1,18}(\.0*)?", text):
        raise UserError(f"the {column} is {text[:SHOWN]!r}, expected a frame's number, or nothing")
    return int(text.partition(".")[0]) if text else None


def _refuse_repeats(labels: Path, lines: list[Line], clips: list[ClipAnnotation]) -> None:
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


def _refuse_two_faces(labels: Path, lines: list[Line], clips: list[ClipAnnotation]) -> None:
    """Refuses what would put one person on both sides of a fold, or two into one recording."""
    spelt: dict[str, str] = {}
    filmed: dict[str, str] = {}
    for line, clip in zip(lines, clips, strict=True):
        # Spreadsheets lose the zero of 01, and people the case of S1 or the dash of s-1.
        plain = unicodedata.normalize("NFKC", clip.subject).casefold()
        plain = re.sub(r"[\s_-]+", "-", re.sub(r"(?<!\d)0+(?=\d)", "", plain))
        spelling = spelt.setdefault(plain, clip.subject)
        if spelling != clip.subject:
            raise UserError(
                f"{labels}, line {line.number}: subjects {spelling!r} and {clip.subject!r} differ "
                "only in case, zeros or separators: spell one person in one way, two in two ways"
            )
        other = filmed.setdefault(os.path.realpath(clip.folder), clip.subject)
        if other != clip.subject:
            raise UserError(
                f"{labels}, line {line.number}: {clip.folder} shows subject {clip.subject!r} here "
                f"and {other!r} above, expected one person: mend the subject or the path"
            )


def _unannotated(source: Path, named: set[Path]) -> Iterator[str]:
    """Videos and folders of images that no line names, relative to `source`."""
    used = {os.path.normpath(place.absolute()) for place in named}
    for folder, below, files in os.walk(os.path.abspath(source)):
        below[:] = sorted(name for name in below if not name.startswith("."))
        recordings = [os.path.join(folder, name) for name in sorted(files) if is_video(Path(name))]
        if any(is_image(Path(name)) for name in files):
            recordings.append(folder)
        for place in recordings:
            if place not in used:
                yield os.path.relpath(place, source)
