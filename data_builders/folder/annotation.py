"""labels.csv and the videos and frame folders it speaks of: anybody's own recordings.

Its writer can mend it, so it is refused at the first line that is wrong, and nothing is skipped.
"""

import os
from pathlib import Path, PurePosixPath

from data_builders.annotations.annotation import NO_APEX, AnnotatedSource, ClipAnnotation
from data_builders.annotations.frame_numbers import frame_number
from data_builders.annotations.sheet import Line, read_sheet
from data_builders.folder import agreement, recordings
from data_builders.folder.other_columns import other_columns
from data_builders.folder.recordings import Recording
from data_builders.folder.unread import not_read
from data_builders.pixels.frames import MAX_CLIP
from data_builders.video import timeline
from data_builders.video.pictures import VIDEO_SUFFIXES
from mol_jax.errors import UserError
from mol_jax.text import spelling

LABELS = "labels.csv"
REQUIRED = ("subject", "path", "label")
OPTIONAL = ("onset", "apex", "offset", "clip", "action_units")
LONGEST = 80  # bytes of a subject, which names a folder of checkpoints, each byte as %XX
SHOWN = 200  # characters of a cell, in an error
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def annotate(source: Path, dataset: str, labels: Path) -> AnnotatedSource:
    """Reads labels.csv; `source` is the folder its paths begin in.

    Raises:
      UserError: for the first line that cannot be used: see the README.
    """
    lines = read_sheet(labels, REQUIRED, OPTIONAL)
    ignored = other_columns(labels, lines, (*REQUIRED, *OPTIONAL))
    places: dict[str, Recording] = {}
    clips = []
    for line in lines:
        try:
            clips.append(_clip(line, source, dataset, places))
        except UserError as error:
            raise UserError(f"{labels}, line {line.number}: {error}") from error
    clips, joined = agreement.settled(labels, clips)
    agreement.refuse_repeats(labels, lines, clips)
    agreement.refuse_two_people(labels, lines, clips)
    unannotated = recordings.unannotated(source, {clip.folder for clip in clips})
    videos = {path: place.frames for path, place in places.items() if place.frames}
    notes = (*ignored, *joined, *timeline.notes(videos), *not_read(source))
    return AnnotatedSource(labels, tuple(clips), (), tuple(unannotated), notes)


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
            f"{', '.join(REQUIRED)}{_workbook(source)}"
        )
    if len(found) > 1 and not found[0].samefile(found[1]):
        raise UserError(
            f"there are {found[0].absolute()} and {found[1]}: give --labels the whole path of one"
        )
    return found[0]


def _workbook(source: Path) -> str:
    """What to do with a labels.xlsx or the like that is there instead."""
    found = [file.name for file in sorted(source.glob("*")) if file.suffix.lower() in WORKBOOKS]
    return f"; save the sheet of {found[0]} as CSV (UTF-8)" if found else ""


def _clip(line: Line, source: Path, dataset: str, places: dict[str, Recording]) -> ClipAnnotation:
    """One line as a clip. Raises UserError, without the line's number, if it is none."""
    subject, label = (_name(line, column) for column in ("subject", "label"))
    path = line["path"].replace("\\", "/")
    if path not in places:
        places[path] = recordings.find(source, path)
    recording = places[path]
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
    text = spelling.clean(line[column])
    if not text:
        raise UserError(f"the {column} is empty: fill it in, or remove the line")
    if spelling.is_nothing(text):
        raise UserError(
            f"the {column} is {text!r}, which programs write for nothing: fill it in, or remove "
            "the line"
        )
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
    ends = [_number(line, column) for column in ("onset", "offset")]
    span = "-".join("" if end is None else str(end) for end in ends)
    return name if span == "-" else f"{name}:{span}"


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
    if recording.frames is not None:
        _refuse_large(recording.place, recording.frames, offset - onset + 1)
    if apex is not None and not onset <= apex <= offset:
        raise UserError(f"the apex is {apex}, expected {onset} to {offset}, or nothing")
    return onset, NO_APEX if apex is None else apex, offset


def _refuse_large(video: Path, frames: timeline.Timeline, count: int) -> None:
    """Now, and not when a build that has begun comes to it."""
    size = count * frames.width * frames.height
    if size > MAX_CLIP:
        raise UserError(
            f"{count} frames of {video}, {frames.width}x{frames.height} px, are "
            f"{size / 1e9:.1f} GB of the {MAX_CLIP / 1e9:g} GB a clip may take: give the clip's "
            "onset and offset, or make the video smaller"
        )


def _number(line: Line, column: str) -> int | None:
    """A frame number, None for an empty cell; pandas writes 12.0 where other cells are empty."""
    text = spelling.clean(line[column])
    if spelling.is_nothing(text) and not text.startswith("#"):  # as #REF!, which is an error
        return None
    number = frame_number(text)
    if number is None:
        raise UserError(f"the {column} is {text[:SHOWN]!r}, expected a frame's number, or nothing")
    return number
