"""The workdir of a finished run that has kept every clip, made up in a moment.

Its tables are computed from the predictions that it keeps, with the program's own measures.
"""

import json
from pathlib import Path

import numpy as np

from mol_jax.data.clips import Dataset
from mol_jax.dense import flo, foreign, kept, videos
from mol_jax.networks.mol import measures
from mol_jax.scoring.dense_csv import DenseRow, write_dense
from tests.mol_jax import fake_run, measured, tiny

TASKS = ("mer", "flow", "landmarks")
HEADER = "dataset,subject,clip,frame,point,x,y"


def make(
    folder: Path,
    dataset: Dataset,
    *,
    tasks: tuple[str, ...] = TASKS,
    noise: float = 0.3,
    generated: bool = True,
    seeds: tuple[int, ...] = (0,),
    **changes,
) -> Path:
    """Writes what a run on a tiny dataset leaves; predictions are the targets plus noise, px."""
    fake_run.make_run(folder, name="tiny", tasks=tasks, generated=generated)
    config = json.loads((folder / "config.json").read_text())
    config["dataset"] |= dataset.fingerprint | {"generated": generated}
    built = tiny.config(**{"data.frames": dataset.frame_numbers.shape[1]} | changes)
    built.tasks.update({task: task in tasks for task in TASKS})
    config["config"] = built.to_dict() | {"seeds": seeds}
    (folder / "config.json").write_text(json.dumps(config))
    rng = np.random.default_rng(len(tasks))
    rows = [
        _keep(folder, dataset, row, seed, tasks, noise, rng)
        for seed in seeds
        for row in range(len(dataset.names))
    ]
    write_dense(folder / "dense.csv", measured.COLUMNS, rows)
    return folder


def write_flows(folder, run, clips, *, seed=0, suffix=".flo"):
    """Writes the flow that a run kept as others would write theirs."""
    for clip in clips:
        key = tuple(clip.split("/"))
        for k, flow in enumerate(kept.find(run, 0, seed, [key])[0].flow):
            path = folder / foreign.pair_file(key, k + 1, suffix)
            path.parent.mkdir(parents=True, exist_ok=True)
            flo.write_flo(path, flow) if suffix == ".flo" else np.save(path, flow)
    return folder


def write_landmarks(path, run, clips, *, seed=0):
    """Writes the landmarks that a run kept as others would write theirs."""
    lines = [HEADER]
    for clip in clips:
        key = tuple(clip.split("/"))
        for k, points in enumerate(kept.find(run, 0, seed, [key])[0].landmarks):
            lines += [f"{','.join(key)},{k + 1},{i},{x},{y}" for i, (x, y) in enumerate(points)]
    path.write_text("\n".join(lines) + "\n")
    return path


def _keep(folder, dataset, row, seed, tasks, noise, rng) -> DenseRow:
    video = videos.video(dataset, row, 64)
    true = video.flow.astype(np.float32)
    flow = true + rng.normal(0, noise, true.shape).astype(np.float32)
    points = video.landmarks + rng.normal(0, noise, video.landmarks.shape).astype(np.float32)
    flow = flow if "flow" in tasks else None
    points = points if "landmarks" in tasks else None
    kept.write(kept.path_of(folder, 0, seed, video.key), kept.of_video(video, flow, points))
    name, pairs = video.name, len(true)
    key = {"dataset": name.dataset, "subject": name.subject, "clip": name.clip}
    values = {}
    if flow is not None:
        zero = measures.endpoint_error(np.zeros_like(true), true).mean()
        epe = measures.endpoint_error(flow, true).mean()
        values |= {"pairs": pairs, "epe": float(epe), "epe_zero": float(zero)}
    if points is not None:
        nme = np.asarray(measures.landmark_error(points, video.landmarks))
        values |= {"frames": pairs, "nme": float(nme.mean()), "nme_mean_face": 9.0}
        values |= {"failures": float((nme > measures.FAILURE).sum())}
    return DenseRow(**key, fold=name.subject, trial=0, seed=seed, values=values)
