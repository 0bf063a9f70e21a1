"""What must be said beside a score: whose clips were trained on, and classes that cannot count."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mol_jax.protocol.folds import NOT_INDEPENDENT
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.text.words import shortened


def independence(rows: Sequence[Prediction]) -> list[str]:
    """Returns what must stand beside every score where people were tested who were trained on."""
    split = split_persons(rows)
    if not split:
        return []
    are = "is" if len(split) == 1 else "are"
    return [
        f"{NOT_INDEPENDENT}: {len(split)} of the subjects ({shortened(split, shown=3)}) {are} "
        "tested in several folds, and trained on in the others."
    ]


def split_persons(rows: Iterable[Prediction]) -> list[str]:
    """Returns the persons whose clips are tested in several folds of one trial and seed, sorted.

    Where every fold trains on all clips but its own, as leave-one-video-out does, each of them was
    trained on when it was tested. A table of predictions shows it without the run it is of.
    """
    folds = defaultdict(set)
    for row in rows:
        folds[row.trial, row.seed, row.who].add(row.fold)
    return sorted({"/".join(filter(None, who)) for (*_, who), of in folds.items() if len(of) > 1})


def unknown_classes(rows: Sequence[Prediction]) -> list[str]:
    """Names what was predicted and is no clip's label, [] where there is nothing of the kind."""
    labels = {row.true for row in rows}
    counts = Counter(row.pred for row in rows if row.pred not in labels)
    if not counts:
        return []
    named = [f"{name} ({number})" for name, number in sorted(counts.items())]
    return [f"Predicted classes that no clip has: {shortened(named, between=', ')}."]


def unlearnable(table: Predictions) -> list[str]:
    """Names the classes whose clips are all tested in one fold, which trains on none of them."""
    rows = table.rows
    folds: dict[str, set[str]] = {}
    for row in rows:
        folds.setdefault(row.true, set()).add(row.fold)
    if len({row.fold for row in rows}) < 2:
        return []
    right = {row.true for row in rows if row.true == row.pred}
    alone = sorted((name, min(where)) for name, where in folds.items() if len(where) == 1)
    return [_alone(name, fold, table.has_folds, name in right) for name, fold in alone]


def _alone(name: str, fold: str, has_folds: bool, recognised: bool) -> str:
    """Says of a class of one fold that it cannot be learned; has_folds: whether it is one.

    A table of some folds alone, as of a run that is under way, may lack clips of it.
    """
    where = "tested in one fold" if has_folds else "of one person"
    text = (
        f"All clips of {name} in this table are {where} ({fold}); if there are no others, none is "
        "trained on there"
    )
    if recognised:
        return f"{text}: yet some were recognised, so what was trained on?"
    return f"{text}: nothing can learn it, and its recall is 0."


def protocol_mark(metrics: Mapping[str, Any]) -> str:
    """Returns what a score is marked with where the protocol tests people it trained on."""
    marked = NOT_INDEPENDENT in (metrics.get("protocol") or "")
    return f" ({metrics['protocol']})" if marked else ""
