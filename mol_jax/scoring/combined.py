"""Several files of predictions combined and scored, for the score command."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from mol_jax.scoring import clip_sets, fusion, fusion_weights, summary
from mol_jax.scoring.fusion import Of
from mol_jax.scoring.score_file import Scored, labels, read_scored
from mol_jax.scoring.svm import reached
from mol_jax.scoring.svm.reached import Floor

EQUAL = (
    "The probabilities of {}, averaged with equal weights: nothing is learnt, so it is as sealed "
    "as the runs are."
)
INNER = (
    "The probabilities of {}, with weights learnt for each fold and seed on the people held in "
    "there ({} clips in the mean), on whom none of the runs was trained and who are not tested in "
    "it. Mean weights: {}."
)


def combined(runs: Sequence[Scored], rule: str, floor: str | None = None) -> Scored:
    """Returns the runs' predictions as one, scored beside the SVM's.

    rule: one of `mol_jax.scoring.fusion.RULES`. floor: the file of the SVM's predictions, None for
    that beside the first run which has one. Raises UserError for runs that cannot be combined.
    """
    classes, members = fusion.members([(run.path, run.shown) for run in runs])
    names = labels(runs)
    weights: Mapping[Of, Sequence[float]] | None = None
    said = EQUAL.format(_and(names))
    if rule == "inner":
        weights, clips = fusion_weights.learn(members)
        said = INNER.format(_and(names), clips, _means(names, weights))
    table = fusion.fuse(classes, members, weights)
    table = replace(table, notes=(said, fusion.CHOSEN))
    known = reached.read(floor, read_scored) if floor else _beside(runs)
    result = summary.summary(table, floor=reached.of_table(table, known))
    held = clip_sets.held(table.rows)
    return Scored(f"combined ({rule})", table, table, result, held, named=f"combined ({rule})")


def _beside(runs: Sequence[Scored]) -> Floor:
    """Returns what stands beside the first run that has a floor."""
    floors = (reached.find(run.path, read_scored) for run in runs)
    return next((floor for floor in floors if floor.rows is not None), reached.UNKNOWN)


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _means(names: Sequence[str], weights: Mapping[Of, Sequence[float]]) -> str:
    means = np.mean(list(weights.values()), axis=0)
    return ", ".join(f"{name} {mean:.2f}" for name, mean in zip(names, means, strict=True))
