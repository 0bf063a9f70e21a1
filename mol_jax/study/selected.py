"""What was chosen by held-in people, and what choosing by held-out ones would have pretended.

Both are computed from the points of a study, after all of its training. Of an SVM it is its C.
"""

from collections.abc import Sequence
from typing import Any

from mol_jax.scoring import chosen_step
from mol_jax.scoring.by_step import Point, write_points
from mol_jax.scoring.predictions import Prediction, Predictions, write_predictions
from mol_jax.study import fit_folds
from mol_jax.study.study import Study


def write(study: Study, predictions: Sequence[Prediction]) -> dict[str, Any]:
    """Writes by_step.csv and selected.csv; returns what metrics.json holds of them.

    predictions: of the steps that were chosen, which is what predictions.csv has. An entry is None
    where nothing of the kind was asked for.
    """
    selection, classes = study.config.selection, study.dataset.classes
    found: dict[str, Any] = dict.fromkeys(("chosen_steps", "held_in", "selected", "leaky_oracle"))
    found["chosen_c"] = fit_folds.chosen_c(study)
    if selection.name == "fixed" and not selection.leaky_oracle:
        return found
    replicas = study.replicas(study.trials, all_folds=True)
    points = {one.key: study.points.of(one.name) for one in replicas}
    scored = {(row.trial, row.seed, row.fold) for row in predictions}
    for one in replicas:
        if one.key in scored and not points[one.key]:
            raise study.points.missing(one.name)
    every = [point for of in points.values() for point in of]
    write_points(study.files.folder / "by_step.csv", classes, every)
    table = Predictions(classes, tuple(predictions))
    if selection.leaky_oracle:
        found["leaky_oracle"] = chosen_step.oracle(points, table)
    if selection.name == "inner":
        of_scored = {key: of for key, of in points.items() if key in scored}
        found["chosen_steps"] = _steps(of_scored, classes)
        found["held_in"] = chosen_step.held_in(of_scored, classes)
        selected = chosen_step.select(points, table)
        if selected:
            found["selected"], kept = selected
            write_predictions(study.files.folder / "selected.csv", classes, kept)
    return found


def _steps(
    points: dict[chosen_step.Key, list[Point]], classes: Sequence[str]
) -> list[dict[str, Any]]:
    """Lists the step that was chosen for each replica."""
    steps = {key: chosen_step.honest(of, classes) for key, of in points.items()}
    return [
        {"trial": trial, "seed": seed, "fold": fold, "step": best[0]}
        for (trial, seed, fold), best in steps.items()
        if best
    ]
