"""Somebody else's flow or landmarks, scored on a run's own pairs by the run's own measures.

The rows are dense.csv's, so every mean and interval is taken in the way of the run's report.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from mol_jax.dense import foreign, videos
from mol_jax.dense.videos import Key, Video
from mol_jax.errors import UserError
from mol_jax.networks.flow_error import endpoint_error
from mol_jax.networks.mol.measures import FAILURE, landmark_error
from mol_jax.reporting.finished_run import Run, read_run
from mol_jax.scoring import mark
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.summary import dense_sums
from mol_jax.text import tables


def score(
    own: Sequence[DenseRow],
    videos: Sequence[Video],
    *,
    flows: Iterable[np.ndarray] | None,
    landmarks: Iterable[np.ndarray] | None,
) -> list[DenseRow]:
    """Returns the run's own rows of dense.csv with the errors of other predictions in them.

    videos: those of the rows. flows: float32 [t-1, H, W, 2] px of each; landmarks: float32
    [t-1, 68, 2] px of each, of frames 1…t−1; None where there are none: their columns are None.
    References, of zero flow and the mean face, stay the run's, and so do folds, trial and seeds.
    """
    measures: dict[Key, dict[str, Any]] = {video.key: {} for video in videos}
    for video, flow in zip(videos, flows if flows is not None else (), strict=False):
        measures[video.key]["epe"] = _epe(flow, video)
    for video, points in zip(videos, landmarks if landmarks is not None else (), strict=False):
        measures[video.key] |= _landmark_errors(points, video)
    blank = {"epe": None, "nme": None, "failures": None}
    return [
        dataclasses.replace(
            row, values={**row.values, **blank, **measures[row.dataset, row.subject, row.clip]}
        )
        for row in own
    ]


def _epe(flow: np.ndarray, video: Video) -> float:
    target = jnp.asarray(video.flow, jnp.float32)
    return float(endpoint_error(jnp.asarray(flow), target).mean())


def _landmark_errors(points: np.ndarray, video: Video) -> dict[str, float]:
    per_frame = np.asarray(landmark_error(jnp.asarray(points), jnp.asarray(video.landmarks)))
    return {"nme": float(per_frame.mean()), "failures": float((per_frame > FAILURE).sum())}


def page(
    folder: Path,
    *,
    flow: Path | None,
    landmarks: Path | None,
    name: str,
    data_dir: Path | None = None,
) -> tuple[str, list[DenseRow]]:
    """Returns what others' files score beside a run, as Markdown, and a row for each video.

    folder: of the run. flow, landmarks: see `mol_jax.dense.foreign`. data_dir: see `videos.of_run`.

    Raises UserError where a file is wrong, or the run has not trained what it would be beside.
    """
    run = read_run(folder)
    for task, given in (("flow", flow), ("landmarks", landmarks)):
        if given is not None and not run.on(task):
            raise UserError(
                f"{folder} trained no {task}, so there is no figure to put --{task} beside; take a "
                f"run with tasks.{task}=True."
            )
    tested = videos.of_run(run, folder, data_dir)
    points = None if landmarks is None else foreign.read_landmarks(landmarks, tested)
    flows = None if flow is None else foreign.read_flows(flow, tested)
    rows = score(run.dense, tested, flows=flows, landmarks=points)
    kinds = [kind for kind, of in (("flow", flows), ("landmarks", points)) if of is not None]
    drawn = mark.sentence(run.metrics)
    title = f"# {name} beside {mark.named(str(folder), run.metrics)}"
    parts = [
        title,
        *([f"**{drawn}**"] if drawn else []),
        *(table(name, rows, run, kind) for kind in kinds),
    ]
    return "\n\n".join([*parts, *_about(run, tested)]), rows


def _about(run: Run, tested: Sequence[Video]) -> list[str]:
    """Says what was scored against what."""
    pairs = sum(len(video.flow) for video in tested)
    people = len({video.name.person for video in tested})
    said = [
        f"{pairs} pairs of {len(tested)} held-out videos of {people} subjects, centre crops of "
        f"{run.settings['data']['crop']} px. Targets are the run's own: "
        f"{run.settings['data']['flow']} flow and dlib's landmarks of frames 1 to t−1. Intervals "
        "are over subjects."
    ]
    if run.unscored():
        said.append(
            f"**INCOMPLETE**: {len(run.unscored())} of the run's folds have no prediction and are "
            "left out on both sides."
        )
    return said


def table(name: str, theirs: Sequence[DenseRow], run: Run, kind: str) -> str:
    """Returns a Markdown table of `kind` "flow" or "landmarks": theirs, the run's, the reference.

    Each mean has its 95 % interval over subjects, and so has what it differs from the run by.
    """
    own = run.dense
    column = run.measure("epe" if kind == "flow" else "nme")
    reference = run.measure(column.reference)
    digits = 3 if kind == "flow" else 2
    trivial = "zero flow" if kind == "flow" else "mean face"
    lines = [(name, theirs, column), ("this run", own, column), (trivial, own, reference)]
    rows = []
    for place, (title, of, measured) in enumerate(lines):
        total, count = dense_sums(of, measured)
        apart = _mean(total - dense_sums(own, column)[0], count, digits, sign="+")
        rows.append([title, _mean(total, count, digits), "–" if place == 1 else apart])
        if kind == "landmarks":
            failures = _failure_rate(dense_sums(of, run.measure("failures")))
            rows[-1].append("–" if place == 2 else failures)
    unit = "flow EPE, px" if kind == "flow" else "landmark NME, %"
    header = ["", f"{unit} [95 %]", "minus this run [95 %]"]
    return tables.markdown(header + (["failures, %"] if kind == "landmarks" else []), rows)


def _failure_rate(sums: tuple[np.ndarray, np.ndarray]) -> str:
    total, count = sums
    return f"{100 * float((total.sum(1) / count.sum(1)).mean()):.2f}"


def _mean(total: np.ndarray, count: np.ndarray, digits: int, *, sign: str = "") -> str:
    """Writes a mean over pairs or frames, then over seeds, and its interval over subjects."""
    form = f"{sign}z.{digits}f"  # z: no -0.000
    text = format(float((total.sum(1) / count.sum(1)).mean()), form)
    bounds = mean_interval(total, count)
    if bounds is None:
        return text
    return f"{text} [{bounds[0]:{form}}, {bounds[1]:{form}}]"
