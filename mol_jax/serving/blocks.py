"""The page in the browser: what is dropped on it, what is shown, in Gradio's blocks."""

import functools
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from mol_jax.errors import UserError
from mol_jax.predicting import words
from mol_jax.predicting.predict import Which
from mol_jax.predicting.result import About
from mol_jax.serving import example
from mol_jax.serving.answer import Answer, Predict, answer, refused
from mol_jax.text.tables import escaped

TITLE = "Micro-expressions in your recording"
ANSWERS = "answers"  # below the page's folder
# Words of a table are not broken.
STYLE = (
    "#said { overflow-x: auto; } "
    "#said th, #said td { word-break: normal; overflow-wrap: normal; padding: 2px 6px; }"
)
KEPT = (600, 3600)  # s: how often old files are looked for, and how old they are when deleted
FAULT = (
    "the program failed at this recording, which is its fault and not yours: what happened stands "
    "in the terminal that it was started from"
)
WAYS = [("the most prominent", "largest"), ("each", "all")]


def blocks(about: About, predict: Predict, folder: Path) -> gr.Blocks:
    """Returns the page. folder: for files, of this page alone."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=KEPT) as made:
        gr.Markdown(_head(about))
        with gr.Row():
            with gr.Column(scale=2):
                recording = gr.Video(
                    label="Recording: drop a file, or use the camera",
                    sources=["upload", "webcam"],
                    include_audio=True,  # without it each upload would be written anew by ffmpeg
                    webcam_options=gr.WebcamOptions(mirror=False),
                    elem_id="recording",
                )
                faces = gr.Radio(WAYS, value="largest", label="Faces that are followed")
                start = gr.Button("Predict", variant="primary", elem_id="start")
                trial = gr.Button("Try a drawn recording", elem_id="trial")
                gr.Markdown(
                    "What you give stays on this machine. It is deleted as soon as it is "
                    "predicted, the results when they are an hour old or the program ends."
                )
            with gr.Column(scale=3):
                said = gr.Markdown("### Nothing predicted yet", elem_id="said")
                drawn = gr.Image(type="filepath", show_label=False, buttons=[], elem_id="timeline")
                video = gr.Video(
                    label="Annotated", height=640, buttons=["download"], elem_id="video"
                )
                files = gr.File(
                    label="Tables, timeline and video", interactive=False, elem_id="files"
                )
        shown = [recording, said, drawn, video, files]
        of_upload = functools.partial(_of_upload, predict, folder)
        of_example = functools.partial(_of_example, predict, folder)
        how: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
        how["api_visibility"] = "private"
        forget = functools.partial(_forget, folder)  # Gradio has copied what it shows
        start.click(of_upload, [recording, faces], shown, **how).then(forget, **how)
        trial.click(of_example, [faces], shown, **how).then(forget, **how)
    return made


def _head(about: About) -> str:
    mark = words.mark(about)
    lines = [escaped(line) for line in words.lines(about)]
    first = f"**{lines[0]}**" if mark else lines[0]
    classes = ", ".join(map(escaped, about.classes))
    run = f"Run {escaped(about.run.name)}: {escaped(about.network)}, classes {classes}."
    title = f"# {mark}: {TITLE.lower()}" if mark else f"# {TITLE}"
    return "\n\n".join([title, first, " ".join([*lines[1:], run])])


def _forget(folder: Path) -> None:
    """Deletes what was written for answers."""
    shutil.rmtree(folder / ANSWERS, ignore_errors=True)


def _of_upload(predict: Predict, folder: Path, recording: str | None, faces: Which) -> list[Any]:
    """Predicts what was uploaded, and deletes it."""
    if recording is None:
        return _outputs(Answer(refused("there is no recording yet: drop a file or use the camera")))
    try:
        return _outputs(_answer(predict, lambda: Path(recording), faces, folder))
    finally:
        Path(recording).unlink(missing_ok=True)


def _of_example(predict: Predict, folder: Path, faces: Which) -> list[Any]:
    path = folder / "drawn.mp4"
    drawn = functools.partial(_drawn, path)
    return _outputs(_answer(predict, drawn, faces, folder))


def _drawn(path: Path) -> Path:
    return path if path.exists() else example.write(path)


def _answer(predict: Predict, recording: Callable[[], Path], faces: Which, folder: Path) -> Answer:
    """Returns what is shown of the recording that `recording` gives, whatever happens."""
    try:
        (folder / ANSWERS).mkdir(exist_ok=True)
        return answer(predict, recording(), faces, folder / ANSWERS)
    except UserError as error:  # the drawn recording could not be written
        return Answer(refused(str(error)))
    except Exception:  # the page goes on; whoever started it must see what happened
        traceback.print_exc()
        return Answer(refused(FAULT))


def _outputs(shown: Answer) -> list[Any]:
    """Returns the values of the page's parts: no recording, and what is shown of the last one."""
    video, drawn = (None if path is None else str(path) for path in (shown.video, shown.timeline))
    return [None, shown.said, drawn, video, [str(path) for path in shown.files] or None]
