"""The files of a finished run, made up in a moment."""

import json
import runpy
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mol_jax.scoring import measure, summary
from mol_jax.scoring.dense_csv import DenseRow, read_dense, write_dense
from mol_jax.scoring.history_csv import HistoryRow, write_history
from mol_jax.scoring.predictions import Prediction, read_predictions, write_predictions
from mol_jax.scoring.svm import reached
from mol_jax.scoring.svm.reached import Floor
from mol_jax.settings.trials import make_trials
from tests.mol_jax import measured

CLASSES = ("happiness", "disgust", "repression", "surprise", "others")
DEFAULT = runpy.run_path(str(Path(__file__).parents[2] / "configs" / "default.py"))["get_config"]


def make_run(
    folder: Path,
    *,
    name="casme2",
    generated=False,
    tasks=("mer", "flow", "landmarks"),
    seeds=(0,),
    skill=0.7,
    failed=(),
    missing=(),
    changes=({},),
    frames=8,
    fields=None,
    parts=(),
    svm=0.8,
    measures=measured.MOL,
    own=None,
) -> Path:
    """Writes the files that a finished run of five subjects leaves behind, but the report.

    Trial k guesses better by k / 10. missing: pairs of a trial and a subject. fields: of the
    config, {"optim.eps": 1e-6, ...}. parts: the datasets of a composite, which the subjects are of
    in turn. svm: how often the SVM beside it is right, None for no such file.
    measures: of its network; own: what each video has of measures that are not MOL's, or
    a function that says so of the numbers of a subject and a clip.
    """
    folder.mkdir()
    rng = np.random.default_rng(0)
    subjects = [f"sub{i:02d}" for i in range(1, 6)]
    predictions, dense, history = [], [], []
    for trial, seed, subject, clip in np.ndindex(len(changes), len(seeds), len(subjects), 10):
        who = subjects[subject]
        if who in failed or (trial, who) in missing:
            continue
        true = CLASSES[clip % 5]
        pred = true if rng.random() < skill + trial / 10 else CLASSES[rng.integers(5)]
        part = parts[subject % len(parts)] if parts else name
        key = {"dataset": part, "subject": who, "clip": f"EP{clip:02d}", "fold": who}
        key |= {"trial": trial, "seed": seeds[seed]}
        probs = tuple(0.6 if c == pred else 0.1 for c in CLASSES)
        if "mer" in tasks and "tasks.mer" not in changes[trial]:
            predictions.append(Prediction(**key, true=true, pred=pred, probs=probs))
        flow = {"pairs": 7, "epe": 0.4 + 0.01 * clip, "epe_zero": 0.6}
        landmarks = {"frames": 7, "nme": 3.0 + trial, "failures": clip % 2, "nme_mean_face": 4.0}
        more = own(subject, clip) if callable(own) else own or {}
        flow = flow if "flow" in tasks else dict.fromkeys(flow)
        landmarks = landmarks if "landmarks" in tasks else dict.fromkeys(landmarks)
        dense.append(DenseRow(**key, values=flow | landmarks | more))
    for subject in subjects:
        history.append(HistoryRow(subject, 0, 0, 50, 2.0, dict.fromkeys(tasks, 1.0), 1.0, 1))
    write_predictions(folder / "predictions.csv", CLASSES, predictions)
    if measures:
        write_dense(folder / "dense.csv", measure.columns(measures), dense)
    write_history(folder / "history.csv", history)
    floor = (
        Floor()
        if svm is None
        else reached.write(folder, CLASSES, _floor(parts or (name,), subjects, svm))
    )
    found = summary.summary(
        read_predictions(folder / "predictions.csv"),
        read_dense(folder / "dense.csv") if measures else (),
        measures=measures,
        protocol="loso",
        failed_folds=[{"fold": fold, "trial": 0, "seed": 0} for fold in failed],
        missing_folds=[{"fold": fold, "trial": k, "seed": 0} for k, fold in missing],
        runtime={"seconds": 12.5, "device": "1 × cpu"},
        floor=floor,
    )
    (folder / "metrics.json").write_text(json.dumps(found))
    config = DEFAULT()
    config.update({"seeds": seeds, "data": {"name": name, "frames": frames}})
    config.tasks.update({task: task in tasks for task in config.tasks})
    config.update_from_flattened_dict(fields or {})
    trials = make_trials(config, changes)
    recorded = {
        "config": trials[0].config.to_dict(),
        "trials": [{"trial": one.number, "values": one.values} for one in trials],
        "measures": measure.recorded(measures),
        "versions": {"python": "3.13.1", "jax": "0.12.0"},
        "git_commit": "0123abc",
        "sessions": [{"versions": {"python": "3.13.1", "jax": "0.12.0"}, "git_commit": "0123abc"}],
        "command": "python -m mol_jax.main --config=configs/casme2.py",
        "dataset": {
            "name": name,
            "view": config.data.view,
            "rule": "sadness and fear are left out.",
            "n_clips": 50,
            "n_subjects": 5,
            "classes": CLASSES,
            "class_counts": dict.fromkeys(CLASSES, 10),
            "label_map_hash": "1a2b3c4d",
            "generated": generated,
            "missed_frames": 17,
            "repeated_clips": 4,
            "built": {"miss_rate": 0.001},
        },
    }
    (folder / "config.json").write_text(json.dumps(recorded))
    return folder


def _floor(parts: Sequence[str], subjects: list[str], skill: float) -> Floor:
    """Returns what an SVM says of all clips."""
    rng, predictions = np.random.default_rng(1), []
    for number, who in enumerate(subjects):
        name = parts[number % len(parts)]
        for clip in range(10):
            true = CLASSES[clip % 5]
            says = true if rng.random() < skill else CLASSES[rng.integers(5)]
            one_hot = tuple(float(c == says) for c in CLASSES)
            predictions.append(
                Prediction(name, who, f"EP{clip:02d}", who, 0, 0, true, says, one_hot)
            )
    return Floor(tuple(predictions))
