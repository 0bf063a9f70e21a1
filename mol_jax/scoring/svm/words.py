"""What is said of the SVM beside a score, in sentences and as lines of tables. Needs no JAX."""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.scoring.best_trial import difference
from mol_jax.scoring.svm.reached import KEY, NAME
from mol_jax.text.tables import with_span

NOT_ABOVE = "**A network that does not beat a linear SVM on the same flow has shown nothing yet.**"
SIGNIFICANT = 0.05  # below it a p supports a verdict, as a 95 % interval clear of 0 does
NOTE = (
    "Flow + SVM is a linear SVM on TV-L1 flow from onset to apex (the middle frame where none is "
    "annotated), averaged over 12×12 cells, fitted on the training clips of each fold (of the same "
    "folds where both are known: others are refused) and scored on the same clips."
)


def sentences(metrics: Mapping[str, Any], *, this: str = "this run") -> list[str]:
    """Returns what must stand beside the UF1 of a run, from the content of metrics.json.

    this: what the run is called.
    """
    found, said = metrics["baselines"][KEY], metrics["floor"]
    if found is None:
        why = said["why"]
        return [f"{NAME}: not known, {why}" + "." * (not why.endswith((".", "?")))]
    score = with_span(found["uf1"], found["ci95"]["uf1"])
    text = (
        f"A linear SVM on the clips' own flow reaches UF1 {score}; {_where(said['against'], this)}."
    )
    above = _lies(said["against"]) == "above"
    return [text, *([] if above else [NOT_ABOVE]), *notes(metrics)]


def notes(metrics: Mapping[str, Any]) -> list[str]:
    """Returns what else a reader must know of the SVM."""
    return [f"Of the SVM: {note}." for note in metrics["floor"]["notes"]]


def score_cells(metrics: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    """Returns the SVM's scores with their intervals for a line of a table; "–" if not known."""
    found = metrics["baselines"][KEY]
    if found is None:
        return ["–"] * len(keys)
    return [with_span(found[key], found["ci95"][key]) for key in keys]


def _lies(test: Mapping[str, Any]) -> str:
    """Returns above or below where the interval of the difference and its p both say so, else "".

    With few people the two can disagree: all resampled people may lie on one side, although few
    permutations of them exist at all.
    """
    bounds = test["ci95"]
    if bounds is None or bounds[0] <= 0 <= bounds[1] or test["p"] >= SIGNIFICANT:
        return ""
    return "above" if bounds[0] > 0 else "below"


def _where(test: Mapping[str, Any], this: str) -> str:
    side = _lies(test)
    verdict = f"lies {side} it" if side else "cannot be told apart from it"
    return f"{this} {verdict}: UF1 differs by {difference(test)}"
