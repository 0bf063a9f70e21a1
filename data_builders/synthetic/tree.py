"""A whole generated dataset on disk: subjects in parallel, all of it or nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.casme2.annotation import WORKBOOKS, subject_name
from data_builders.disk.processes import default_workers
from data_builders.synthetic.drawing.action_units import check_emotions
from data_builders.synthetic.drawing.clip import draw_clip
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import draw
from data_builders.synthetic.look_alikes import casme2
from data_builders.synthetic.whole import place, refuse_filled, whole
from data_builders.synthetic.writing import in_order
from mol_jax.errors import UserError

VERSION = 1  # of what is drawn: the same arguments and version give the same images
EMOTIONS = ("happiness", "surprise", "disgust", "repression", "others")
LARGEST = 6.0  # px; from about 7.2 the steepest displacement folds the skin over itself


def generate(
    out: str | Path,
    *,
    subjects: int = 8,
    clips: int = 12,
    seed: int = 0,
    emotions: tuple[str, ...] = EMOTIONS,
    amplitude: tuple[float, float] = (1.0, 4.0),
    frames: tuple[int, int] = (10, 16),
    workers: int | None = None,
) -> Path:
    """Writes subjects × clips generated clips in CASME II's layout; returns the folder.

    out: a folder that does not exist yet, or is empty. clips: of each subject. emotions: of
    `action_units.EMOTIONS`, in turn: each subject shows them equally often if `clips` is a multiple
    of their number. amplitude: range of the peak displacement, px of the 280×340 image. frames:
    range of a clip's length. workers: processes, None for one a core. The images and the truth
    about them depend on neither the number of workers nor the other subjects.

    Raises UserError for an argument out of range, or a folder that cannot be written.
    """
    out = place(out)
    arguments: dict[str, Any] = {
        "seed": seed,
        "emotions": tuple(emotions),
        "amplitude": tuple(map(float, amplitude)),
        "frames": tuple(frames),
    }
    _check(out, subjects, clips, workers, arguments)
    with whole(out) as tree:
        _fill(tree, subjects, clips, workers or default_workers(), arguments)
    return out


def _fill(root: Path, subjects: int, clips: int, workers: int, arguments: dict[str, Any]) -> None:
    """Writes the whole tree into an empty folder."""
    casme2.write_workbook(root / WORKBOOKS[0], _draw(root, subjects, clips, workers, arguments))
    marker = {"generator": "data_builders.synthetic", "version": VERSION, "layout": "casme2"}
    marker |= {"subjects": subjects, "clips": clips, **arguments}
    (root / GENERATED_MARKER).write_text(json.dumps(marker, indent=2) + "\n")


def _check(
    out: Path, subjects: int, clips: int, workers: int | None, arguments: dict[str, Any]
) -> None:
    refuse_filled(out)
    counts = {
        "subjects": (subjects, 99),
        "clips": (clips, 999),
        "workers": (1 if workers is None else workers, 1024),
    }
    for name, (value, most) in counts.items():
        if not 1 <= value <= most:
            raise UserError(f"{name} is {value}; it must be from 1 to {most}.")
    if arguments["seed"] < 0:
        raise UserError(f"seed is {arguments['seed']}; it must be 0 or more.")
    check_emotions(arguments["emotions"])
    low, high = arguments["amplitude"]
    if not 0 < low <= high <= LARGEST:
        raise UserError(f"amplitude is {low} to {high} px; need 0 < low <= high <= {LARGEST}.")
    short, long = arguments["frames"]
    if not 3 <= short <= long <= 200:
        raise UserError(f"frames is {short} to {long}; need 3 <= shortest <= longest <= 200.")


def _draw(
    root: Path, subjects: int, clips: int, workers: int, arguments: dict[str, Any]
) -> list[list]:
    """Draws every subject and returns the workbook's rows in the order of subjects."""
    jobs = [(root, index, clips, arguments) for index in range(subjects)]
    drawn = in_order(_draw_subject, jobs, workers=workers)
    return [row for rows in drawn for row in rows]


def _draw_subject(job: tuple[Path, int, int, dict[str, Any]]) -> list[list]:
    """Writes one subject's clips; returns their rows of the workbook."""
    root, index, clips, arguments = job
    seed = arguments["seed"]
    # One number of 32 bits for a person: two seeds that share somebody are unlikely.
    face = draw_face(draw(int(np.random.SeedSequence([seed, index]).generate_state(1)[0])))
    subject, emotions = subject_name(str(index + 1)), arguments["emotions"]
    rows = []
    for number in range(clips):
        clip = draw_clip(
            face,
            name=casme2.clip_name(number),
            emotion=emotions[number % len(emotions)],
            amplitude=arguments["amplitude"],
            frames=arguments["frames"],
            seed=(seed, index, number),
        )
        rows.append(casme2.write_clip(root, subject, face, clip))
    return rows
