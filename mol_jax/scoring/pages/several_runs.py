"""The page about several runs side by side, which says where their clips differ."""

from collections.abc import Sequence

from mol_jax.scoring import fold_means
from mol_jax.scoring.run_tables import numbered_notes, parts_table, readings, runs_table
from mol_jax.scoring.score_file import Scored, labels
from mol_jax.scoring.score_tables import SCORE_NOTE, fold_table
from mol_jax.text.latex.tabular import NEEDS, tabular
from mol_jax.text.tables import markdown


def page(runs: Sequence[Scored]) -> str:
    """Returns the Markdown page of several runs, with their footnotes."""
    (header, rows), footnotes = runs_table(runs)
    said, parts = numbered_notes(runs, footnotes), parts_table(runs)
    text = [f"# {len(runs)} runs", markdown(header, rows), *said, *readings(runs), SCORE_NOTE]
    text += ["## Per dataset", markdown(*parts)] if parts else []
    for run, label in zip(runs, labels(runs), strict=True):
        if run.fold_means:
            table = markdown(*fold_table(run.fold_means))
            text += [f"## {label}. {fold_means.WARNING}", table]
    return "\n\n".join(text)


def latex(runs: Sequence[Scored], keys: Sequence[str]) -> str:
    """Returns the LaTeX tables of several runs, with their footnotes."""
    (header, rows), footnotes = runs_table(runs, keys)
    said, parts = numbered_notes(runs, footnotes), parts_table(runs)
    comments = [f"% {sentence}" for sentence in readings(runs)]
    table = tabular(header, rows, notes=said, rules=[len(runs)])
    text = ["\n".join((NEEDS, *comments, table))]
    text += [tabular(*parts)] if parts else []
    for run, label in zip(runs, labels(runs), strict=True):
        if run.fold_means:
            table = tabular(*fold_table(run.fold_means, keys))
            text.append(f"% {label}: {fold_means.WARNING}\n{table}")
    return "\n\n".join(text)
