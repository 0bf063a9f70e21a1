"""A spotter run over a set of recordings: what it spots, what is true, the scores of it."""

import dataclasses
from collections.abc import Iterator, Sequence

from data_builders.pixels.faces import Detector
from mol_jax.errors import UserError
from mol_jax.scoring.spotting.score import Spots, together
from mol_jax.scoring.spotting.table import FRAMES, Stretch
from mol_jax.spotting.picture import Trace
from mol_jax.spotting.recordings import Face, Recording, read
from mol_jax.spotting.settings import Settings
from mol_jax.spotting.spotters import Spotted, spot

MICRO = "micro"


@dataclasses.dataclass(frozen=True)
class Found:
    """What was spotted in one recording. skipped: why it could not be read, "" where it was."""

    recording: Recording
    face: Face | None = None
    spotted: Spotted | None = None
    skipped: str = ""

    def lines(self) -> Iterator[dict[str, object]]:
        """Yields the rows of its intervals, in the numbers of its frames."""
        if self.face is None or self.spotted is None:
            return
        for one in self.spotted.intervals:
            bounds = (self.face.numbers[k] for k in (one.onset, one.apex, one.offset))
            onset, apex, offset = (int(number) for number in bounds)
            yield {
                "video": self.recording.name, "subject": self.recording.subject, "kind": MICRO,
                "onset": onset, "apex": apex, "offset": offset, "score": one.score,
            }  # fmt: skip


def spot_all(
    recordings: Sequence[Recording], method: str, settings: Settings, detector: Detector
) -> Iterator[Found]:
    """Yields what is spotted in each recording; one that cannot be read is told of, not left out.

    A recording's pixels are let go of before the next one is read.
    """
    for recording in recordings:
        try:
            face = read(recording, detector)
        except UserError as error:
            yield Found(recording, skipped=str(error))
            continue
        spotted = spot(method, face.frames, face.landmarks, face.times, settings=settings)
        yield Found(recording, dataclasses.replace(face, frames=face.frames[:0]), spotted)


def check_truth(true: Sequence[Stretch], recordings: Sequence[Recording]) -> None:
    """Raises UserError where a true interval is of no recording."""
    names = [one.name for one in recordings]
    strange = next((one for one in true if one.video not in names), None)
    if strange:
        raise UserError(
            f"the truth is of {strange.video}, which is no recording here: expected the names of "
            f"the files without their ending, as {names[0]}"
        )


def left_out(found: Sequence[Found], true: Sequence[Stretch]) -> dict[str, int]:
    """Counts the true micro-expressions of recordings that could not be read, and those recordings.

    They are in no score, neither hit nor missed.
    """
    unread = {one.recording.name for one in found if one.face is None}
    of = [one for one in true if one.video in unread and one.kind in ("", MICRO)]
    return {"true": len(of), "recordings": len(unread)}


def spots(found: Sequence[Found], true: Sequence[Stretch]) -> Spots:
    """Returns true and spotted intervals of the recordings that were read, to be scored.

    True intervals of another kind than micro-expressions are left out: none of the spotters looks
    for them. Without kinds all count. Who is in a recording the truth says where the recording
    does not.
    """
    read_ = {one.recording.name: one for one in found if one.face is not None}
    seconds = {
        (one.recording.subject, name): one.face.seconds
        for name, one in read_.items()
        if one.face is not None
    }
    kept = [one for one in true if one.video in read_ and one.kind in ("", MICRO)]
    kept = [
        dataclasses.replace(one, subject=read_[one.video].recording.subject or one.subject)
        for one in kept
    ]
    return together(kept, stretches(found), seconds, unit=FRAMES)


def stretches(found: Sequence[Found]) -> list[Stretch]:
    """Returns the spotted intervals as tables have them."""
    return [
        Stretch(one.recording.name, float(line["onset"]), float(line["offset"]),  # type: ignore[arg-type]
                one.recording.subject, MICRO)
        for one in found
        for line in one.lines()
    ]  # fmt: skip


def trace(one: Found, true: Sequence[Stretch]) -> Trace:
    """Returns what is drawn of a recording."""
    assert one.face is not None
    assert one.spotted is not None
    times, at = one.face.times, dict(zip(one.face.numbers.tolist(), one.face.times, strict=True))
    of = [each for each in true if each.video == one.recording.name]
    near = [
        (each.kind, (float(at.get(each.onset, times[0])), float(at.get(each.offset, times[-1]))))
        for each in of
    ]
    return Trace(
        one.recording.name,
        times,
        one.spotted.signal,
        [(times[each.onset], times[each.offset]) for each in one.spotted.intervals],
        [span for kind, span in near if kind in ("", MICRO)],
        [span for kind, span in near if kind not in ("", MICRO)],
    )
