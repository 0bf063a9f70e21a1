"""Errors of flow and landmarks to the warp, their table, and how well the warp explains frames."""

import dataclasses
from collections.abc import Mapping, Sequence

import jax.numpy as jnp
import numpy as np

from benchmarks.photographs_truth.motion import Exact
from mol_jax.dense.videos import Video
from mol_jax.dense.warp import residuals
from mol_jax.networks.flow_error import endpoint_error
from mol_jax.networks.mol.measures import landmark_error
from mol_jax.reporting.means import Mean
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.summary import dense_sums
from mol_jax.text.tables import markdown

COLUMNS = {
    "NME to dlib, %": Measure("nme", "landmarks", "%", "frames"),
    "NME to the warp, %": Measure("nme_warp", "landmarks", "%", "frames"),
    "EPE to TV-L1, px": Measure("epe", "flow", "px", "pairs"),
    "EPE to the warp, px": Measure("epe_warp", "flow", "px", "pairs"),
    "where it moves, px": Measure("epe_moving", "flow", "px", "pairs"),
}
Rows = Sequence[DenseRow]


def scored(
    row: DenseRow, exact: Exact, flow: np.ndarray | None, landmarks: np.ndarray | None
) -> DenseRow:
    """Returns a row of dense.csv with the errors of flow [t-1,H,W,2] and landmarks to the warp.

    landmarks: [t-1, 68, 2]. None has no error; nor has a clip without a pixel that moves.
    """
    values = dict(row.values)
    if flow is not None:
        error = endpoint_error(jnp.asarray(flow), jnp.asarray(exact.flow))
        values["epe_warp"] = float(error.mean())
        apart = np.linalg.norm(flow - exact.flow, axis=-1)
        fast = [
            of[where].mean() for of, where in zip(apart, exact.moving, strict=True) if where.any()
        ]
        values["epe_moving"] = float(np.mean(fast)) if fast else None
    if landmarks is not None:
        error = landmark_error(jnp.asarray(landmarks), jnp.asarray(exact.landmarks))
        values["nme_warp"] = float(error.mean())
    return dataclasses.replace(row, values=values)


def references(
    rows: Rows, shown: Mapping[str, Video], exact: Mapping[str, Exact]
) -> tuple[Rows, Rows]:
    """Returns the rows of the targets and of no motion."""
    targets, still = [], []
    for row in rows:
        video, known = shown[row.clip], exact[row.clip]
        flow = video.flow.astype(np.float32)
        stay = np.broadcast_to(known.first, video.landmarks.shape)
        apart = landmark_error(jnp.asarray(stay), jnp.asarray(video.landmarks))
        told = row.values | {"nme": None, "epe": None}
        targets.append(scored(dataclasses.replace(row, values=told), known, flow, video.landmarks))
        told = row.values | {"nme": float(apart.mean()), "epe": row.values["epe_zero"]}
        still.append(scored(dataclasses.replace(row, values=told), known, 0 * flow, stay))
    return targets, still


def table(rows: Mapping[str, Rows]) -> str:
    """Returns a line of each list of rows, with intervals over people.

    Below, what each differs from the first by.
    """
    first = next(iter(rows.values()))
    lines = [[name, *(_mean(of, one) for one in COLUMNS.values())] for name, of in rows.items()]
    apart = [
        [f"{name}, minus the first", *(_mean(of, one, less=first) for one in COLUMNS.values())]
        for name, of in rows.items()
        if of is not first
    ]
    return markdown(("", *COLUMNS), lines + apart)


def _mean(rows: Rows, measure: Measure, less: Rows | None = None) -> str:
    total, count = dense_sums(rows, measure)
    if not count.size:
        return "–"
    if less is not None:
        total = total - dense_sums(less, measure)[0]
    form = ("+" if less else "") + ("z.3f" if measure.task == "flow" else "z.2f")
    value = float((total.sum(1) / count.sum(1)).mean())
    return Mean(value, mean_interval(total, count)).written(form)


def checked(shown: Mapping[str, Video], exact: Mapping[str, Exact]) -> str:
    """Says what is left of the next frame warped back: by the exact flow, by TV-L1, by none.

    In grey levels, after each frame was divided by its known light; see `mol_jax.dense.warp`.
    """
    left = []
    for clip, video in shown.items():
        known = exact[clip]
        frames = video.frames / known.light[:, None, None]
        flows = known.flow, video.flow.astype(float), np.zeros_like(known.flow)
        left.append([residuals(frames, flow, corner=video.corner).mean() for flow in flows])
    warp, tvl1, zero = np.mean(left, axis=0)
    return (
        f"Residual of {len(left)} clips, mean grey levels: {warp:.2f} by the warp, {tvl1:.2f} by "
        f"TV-L1, {zero:.2f} by zero flow; the warp leaves least in "
        f"{sum(of[0] == min(of) for of in left)}."
    )
