"""Flow and landmarks of held-out clips beside their targets and, if it is known, the truth."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from mol_jax.dense import figures, kept, videos
from mol_jax.dense.figures import Shown
from mol_jax.dense.panels import FLOWS
from mol_jax.errors import UserError
from mol_jax.pictures.dense import exact
from mol_jax.pictures.dense.exact import Exact
from mol_jax.pictures.dense.pair_figure import Pair, draw_pairs, errors
from mol_jax.pictures.drawn import Drawn, NotThereError
from mol_jax.pictures.opened import Opened
from mol_jax.reporting import lettering
from mol_jax.text.tables import markdown
from mol_jax.text.words import nearest

TASKS = {"flow": "epe", "landmarks": "nme"}  # with the measure that a network of the task has


@dataclasses.dataclass(frozen=True, eq=False)
class Clip:
    """A held-out clip that is shown, and the truth of it where that is known."""

    row: int
    shown: Shown
    known: Exact | None


def why_not(opened: Opened, task: str) -> str:
    """Returns why a run has no such prediction, "" where it has."""
    network = opened.config.model.network
    if not opened.run.has(TASKS[task]):
        more = "; python -m mol_jax.dense figures draws its displacement"
        return f"model.network={network} predicts none" + more * opened.run.has("epe_d")
    return "" if opened.run.on(task) else f"tasks.{task} is off in this run"


def clips_of(opened: Opened) -> list[Clip]:
    """Returns the clips to show: those of --clips, or of each class the one that moves as usual.

    That is the held-out clip with the median of mean true motion, so that no prediction chooses it.
    Raises NotThereError where none may be shown, as of a subject whose fold diverged.
    """
    rows = _asked(opened) if opened.clips else _usual(opened)
    if not rows:
        raise NotThereError(
            "none of the clips whose faces may be shown has a network that was tested on it"
        )
    return [_clip(opened, row) for row in rows]


def flow(opened: Opened, clips: Sequence[Clip]) -> Drawn:
    """Draws the flow of the clips' pairs of the largest true motion."""
    if reason := why_not(opened, "flow"):
        raise NotThereError(reason)
    target = FLOWS[opened.config.data.flow]
    pairs = [
        Pair(of.shown, None if of.known is None else of.known.flow[of.shown.pair]) for of in clips
    ]
    note = opened.note([of.row for of in clips])
    draw_pairs(opened.figure("flow"), target, pairs, note=note)
    found = {_name(opened, of.row): errors(pair) for of, pair in zip(clips, pairs, strict=True)}
    header = ["EPE, px", *dict.fromkeys(key for one in found.values() for key in one)]
    rows = [
        [name, *(f"{one[key]:.3f}" if key in one else "–" for key in header[1:])]
        for name, one in found.items()
    ]
    said = [
        f"One pair each of held-out clips, by the network of their own fold. {target} is what it "
        "was taught, and no truth either. Differences are in the same colours and on the same "
        "scale as the flows: white is none.",
        markdown(header, rows),
    ]
    if all(of.known is None for of in clips):
        said.append("The exact flow is known only of clips that the run drew for itself.")
    words = f"Predicted flow beside {target} and what they differ by"
    return Drawn("flow", {words: "flow.png"}, said, {"epe": found})


def landmarks(opened: Opened, clips: Sequence[Clip]) -> Drawn:
    """Draws the landmarks of the second frame of the clips' pairs."""
    if reason := why_not(opened, "landmarks"):
        raise NotThereError(reason)
    known = all(of.known is not None for of in clips)
    titles = ["dlib, the target", *(["exact"] if known else []), "predicted"]
    rows = [of.shown if not known else _with_exact(of) for of in clips]
    note = opened.note([of.row for of in clips])
    figures.draw_landmarks(opened.figure("landmarks"), titles, rows, note=note)
    found = {}
    for of in clips:
        one, k = of.shown.runs[0], of.shown.pair
        assert one.landmarks is not None, "of a network with the task"
        errors_of = {"predicted to target": _error(one.landmarks[k], one.true_landmarks[k])}
        if of.known is not None:
            truth = of.known.landmarks[k]
            errors_of["predicted to exact"] = _error(one.landmarks[k], truth)
            errors_of["exact to target"] = _error(truth, one.true_landmarks[k])
        found[_name(opened, of.row)] = errors_of
    header = [
        "NME, % of the eye distance",
        *dict.fromkeys(k for one in found.values() for k in one),
    ]
    lines = [
        [name, *(f"{one[key]:.2f}" if key in one else "–" for key in header[1:])]
        for name, one in found.items()
    ]
    said = [
        "Thin strokes are dlib's landmarks, dots those of the column, lines from one to the other "
        "what they differ by.",
        markdown(header, lines),
    ]
    return Drawn(
        "landmarks", {"Landmarks predicted and true": "landmarks.png"}, said, {"nme": found}
    )


def _asked(opened: Opened) -> list[int]:
    """Returns the rows of --clips. Raises UserError for one that cannot be shown."""
    rows = {(of.dataset, of.subject, of.clip): k for k, of in enumerate(opened.dataset.names)}
    tested = set(opened.tested.tolist())
    names = ["/".join(key) for key, row in rows.items() if row in tested]
    for key in opened.clips:
        if rows.get(key, -1) not in tested:
            near = nearest("/".join(key), names)
            raise UserError(
                f"--clips names {'/'.join(key)!r}, which is no held-out clip of this run: did you "
                f"mean {near!r}?"
            )
        if opened.faces is not None and rows[key] not in opened.faces:
            raise UserError(
                f"--clips names {'/'.join(key)}, but --subjects does not allow faces of "
                f"{key[1]!r}; add the name if the licence allows it, or leave the clip out."
            )
    return [rows[key] for key in opened.clips]


def _usual(opened: Opened) -> list[int]:
    flow_of = opened.dataset.table.flow[:: opened.dataset.table.samples]
    rows = []
    for number in range(len(opened.classes)):
        of = [
            int(row)
            for row in opened.tested
            if opened.label[row] == number and (opened.faces is None or int(row) in opened.faces)
        ]
        moved = [np.linalg.norm(flow_of[row].astype(np.float32), axis=-1).mean() for row in of]
        if of:
            rows.append(of[int(np.argsort(moved)[len(of) // 2])])
    return rows


def _clip(opened: Opened, row: int) -> Clip:
    video = videos.video(opened.dataset, row, opened.config.data.crop)
    dense = opened.network_of(row).dense(np.array([row]))
    flow_of = None if dense.flow is None else dense.flow[0]
    points = None if dense.landmarks is None else dense.landmarks[0]
    held = kept.of_video(video, flow_of, points)
    pair = figures.fastest_pair(held)
    shows = opened.faces is not None and row in opened.faces
    pictures = video.frames[pair : pair + 2] if shows else None
    (name,) = lettering.letter([_name(opened, row)]).names
    known = exact.of_video(opened.config, video)
    return Clip(row, Shown(name, pair, [held], pictures), known)


def _with_exact(of: Clip) -> Shown:
    """Returns what is shown with the exact landmarks as those of a run before it."""
    assert of.known is not None, "the truth is known"
    truth = dataclasses.replace(of.shown.runs[0], landmarks=of.known.landmarks)
    return dataclasses.replace(of.shown, runs=[truth, *of.shown.runs])


def _name(opened: Opened, row: int) -> str:
    name = opened.dataset.names[row]
    return f"{name.dataset}/{name.subject}/{name.clip}"


_error = figures.landmark_error
