"""The page about one run: its scores beside their floor, its classes, trials and seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.scoring import clip_sets, comparison, fold_means, mark
from mol_jax.scoring.best_trial import words
from mol_jax.scoring.score_file import Scored, about, cautions, labels, reading
from mol_jax.scoring.score_tables import (
    SCORE_NOTE,
    class_table,
    confusion_table,
    dataset_table,
    fold_table,
    run_table,
    score_table,
)
from mol_jax.scoring.svm import words as floor_words
from mol_jax.scoring.trial_tables import has_seeds, seed_table, trial_table
from mol_jax.text.latex.tabular import NEEDS, tabular
from mol_jax.text.tables import markdown


def page(run: Scored, test: Mapping[str, Any] | None) -> str:
    """Returns the Markdown page about one run."""
    result = run.result
    name = f"trial {run.trial}" if run.several_trials else "predictions"
    name = mark.named(name, result)
    parts = [
        f"# {mark.named(run.path, result)}",
        about(run),
        *reading(run),
        clip_sets.describe(run.held),
        markdown(*score_table(name, result)),
        SCORE_NOTE,
        " ".join(floor_words.sentences(result, this=name if run.several_trials else "this table")),
        *([comparison.sentence(test)] if test else []),
        "## Per class",
        markdown(*class_table(run.shown)),
        "## Confusion matrix",
        markdown(*confusion_table(run.shown)),
    ]
    if len(result["per_dataset"]) > 1:
        parts += ["## Per dataset", markdown(*dataset_table(result))]
    return "\n\n".join([*parts, *_folds(run), *_trials(result)])


def _folds(run: Scored) -> list[str]:
    """Returns the section on means over folds, [] where they were not asked for."""
    if run.fold_means is None:
        return []
    return [f"## {fold_means.WARNING}", markdown(*fold_table(run.fold_means))]


def _trials(result: Mapping[str, Any]) -> list[str]:
    """Returns the section on trials and seeds, [] where there is one of each."""
    several = len(result["per_trial"]) > 1
    parts = [markdown(*trial_table(result)), " ".join(words(result))] if several else []
    parts += [markdown(*seed_table(result))] if has_seeds(result) else []
    return ["## Trials and seeds", *parts] if parts else []


def latex(run: Scored, test: Mapping[str, Any] | None, keys: Sequence[str]) -> str:
    """Returns the LaTeX table of one run, its task below and more to know as comments above."""
    said = [*reading(run), *floor_words.sentences(run.result, this="this table")]
    said += [*words(run.result), *([comparison.sentence(test)] if test else [])]
    footnotes = [*(f"**{sentence}**" for sentence in cautions(run)), clip_sets.describe(run.held)]
    header, rows = run_table(labels([run])[0], run.result, keys)
    comments = [f"% {sentence.replace('**', '')}" for sentence in said]
    text = [NEEDS, *comments, tabular(header, rows, notes=footnotes, rules=[len(rows) - 3])]
    if run.fold_means:
        text += [f"% {fold_means.WARNING}", tabular(*fold_table(run.fold_means, keys))]
    return "\n".join(text)
