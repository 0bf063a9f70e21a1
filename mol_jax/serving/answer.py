"""What a page shows of one recording: words, pictures and files, or why there are none."""

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.predicting import tables, words
from mol_jax.predicting.predict import Which
from mol_jax.predicting.reading.recording import Frames, open_recording
from mol_jax.predicting.result import Result
from mol_jax.predicting.shown import overlay, page, timeline
from mol_jax.text.tables import escaped

Predict = Callable[[Frames, Which], tuple[Result, Mapping[str, float]]]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What is shown. said: Markdown. video, timeline: paths, None where there is nothing.

    files: to be downloaded.
    """

    said: str
    video: Path | None = None
    timeline: Path | None = None
    files: tuple[Path, ...] = ()


def answer(predict: Predict, recording: Path, faces: Which, folder: Path) -> Answer:
    """Returns what is predicted of a recording, its files in a new folder below `folder`.

    predict: from frames and "largest" or "all" to a result, and what the time was spent on. A
    recording that is refused gives the sentence that says why.
    """
    own = Path(tempfile.mkdtemp(dir=folder))
    try:
        frames = open_recording(recording)
        result, seconds = predict(frames, faces)
        files = tables.write(result, own, seconds)
        overlay.write_video(result, frames, own / "video.mp4")
        drawn = timeline.write(
            result, own / "timeline", faces=result.faces[:1], note=words.short(result.about)
        )
        shown = (own / "video.mp4", *drawn)
        return Answer(said(result), own / "video.mp4", drawn[0], (*files, *shown))
    except UserError as error:
        shutil.rmtree(own, ignore_errors=True)
        return Answer(refused(str(error).replace(f"{recording.parent}/", "")))
    except BaseException:
        shutil.rmtree(own, ignore_errors=True)
        raise


def said(result: Result) -> str:
    """Returns in Markdown what was found, and what must be known of it."""
    parts = [*page.in_short(result)[1:], *page.intervals(result, brief=True)[1:]]
    notes = "\n".join(f"- {escaped(note)}" for note in result.recording.notes)
    parts += [notes] if notes else []
    alarms = result.about.false_alarms  # of its spotter, which the run does not know
    parts += [escaped(alarms[0].upper() + alarms[1:])] if alarms else []
    factor = f"It took {result.real_time:.2g} s for a second of the recording."
    return "\n\n".join(["### What is predicted", *parts, factor])


def refused(sentence: str) -> str:
    """Returns the sentence of a refusal in Markdown."""
    return f"### Not predicted\n\n{escaped(sentence)}"
