"""The section of a report with the paper's figures, where they may stand beside ours."""

from collections.abc import Mapping
from typing import Any

from mol_jax.paper import answers
from mol_jax.paper.mol import citation, differences, matching_rows
from mol_jax.paper.mol.matching_rows import Quoted
from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.papers import PAPERS
from mol_jax.paper.rows import METRICS
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.summary import dense_sums
from mol_jax.scoring.svm.reached import KEY, NAME
from mol_jax.text import tables

# Columns of dense.csv: what a metric is the mean of, its factor and its digits.
_DENSE = {"epe": ("epe", 1, 3), "nme": ("nme", 1, 2), "failure_rate": ("failures", 100, 2)}
_NAMES = METRICS | {
    "epe": "flow EPE, px",
    "nme": "landmark error, %",
    "failure_rate": "landmark failures, %",
}


def paper(run: Run) -> list[str]:
    """Puts the figures of the paper's row beside ours, with all that sets the two apart.

    The row is that of what the run trained, on what. Nothing stands beside generated data or a run
    that lacks folds.
    """
    if run.dataset["generated"]:
        return []
    fields = differences.fields_of(run.settings)
    network = fields.get("model.network")
    if network != "mol" and network in PAPERS:  # it has a paper of its own
        own = PAPERS[network]
        text = f"`python -m launch.tables --paper={own.name}` puts runs of {own.system} beside the "
        return ["## Beside the paper", f"{text}figures of its paper ({own.citation})."]
    quoted, what = matching_rows.figures(fields), matching_rows.words(fields)
    if not quoted:
        return ["## Beside the paper", f"The paper prints no figure for {what}."]
    if run.unscored():
        text = f"The paper's figures for {what} are not shown: this run is incomplete."
        return ["## Beside the paper", text]
    measured = {one.entry for one in run.measures}
    quoted = [one for one in quoted if one.metric not in _DENSE or one.metric in measured]
    lines = [
        [_name(one), one.figure, _ours(run, one), _svm(run, one), ", ".join(one.tables)]
        for one in quoted
    ]
    return [
        "## Beside the paper",
        tables.markdown(["", "paper", run.label, NAME, "Table"], lines),
        _apart(fields),
        f"{citation.PAPER}, {what}. Not the same measurement: the paper pre-trains on Aff-Wild2, "
        f"and lists neither its clips (here: data.view = {fields['data.view']}) nor how they "
        f"become one figure.{_scored(run, quoted)}",
        *_notes(quoted),
    ]


def _name(quoted: Quoted) -> str:
    part = f", {quoted.row.on}" if quoted.row.part else ""
    return f"{_NAMES[quoted.metric]}{part}"


def _ours(run: Run, quoted: Quoted) -> str:
    """Returns our figure with its interval over subjects."""
    if quoted.metric not in _DENSE:
        whole = _whole(run, quoted)
        return tables.with_span(whole["pooled"][quoted.metric], whole["ci95"][quoted.metric])
    column, factor, digits = _DENSE[quoted.metric]
    total, count = dense_sums(run.dense, run.measure(column))
    text = f"{factor * float((total.sum(1) / count.sum(1)).mean()):.{digits}f}"
    bounds = mean_interval(factor * total, count)
    return text if bounds is None else f"{text} [{bounds[0]:.{digits}f}, {bounds[1]:.{digits}f}]"


def _svm(run: Run, quoted: Quoted) -> str:
    """Returns what the SVM reaches on the same clips; "–" beside flow, landmarks or if unknown."""
    if quoted.metric in _DENSE:
        return "–"
    whole = _whole(run, quoted)
    scores = whole[KEY] if quoted.row.part else whole["baselines"][KEY]
    if scores is None:
        return "–"
    return tables.with_span(scores[quoted.metric], scores["ci95"][quoted.metric])


def _whole(run: Run, quoted: Quoted) -> Mapping[str, Any]:
    """Returns what metrics.json holds of the clips that a figure is of."""
    return run.metrics["per_dataset"][quoted.row.part] if quoted.row.part else run.metrics


def _apart(fields: Mapping[str, Any]) -> str:
    """Names every setting that is not the paper's, nor its release's where the paper is silent."""
    unlike, other = differences.unlike(fields), differences.unsaid(fields).other
    said = [
        f"**Not the paper's: {'; '.join(unlike.values())}.**"
        if unlike
        else "Every setting that the paper gives is the paper's."
    ]
    said += [f"Where it is silent, not its release's: {'; '.join(other)}."] if other else []
    return " ".join((*said, 'All that it is silent on is in the task card ("paper silent").'))


def _scored(run: Run, quoted: list[Quoted]) -> str:
    """Says what sets recognition scores apart."""
    if all(one.metric in _DENSE for one in quoted):
        return ""
    clips = run.metrics["n_clips"]
    accuracies = [one.figure for one in quoted if one.metric == "acc"]
    whole = [
        f" Its {acc} % {'is' if citation.whole_clips(float(acc), clips) else 'is not'} a whole "
        f"number of these {clips} clips."
        for acc in accuracies
    ]
    return (
        " Its authors' release keeps as weights the epoch that is best on the held-out subject, "
        "while its pooled matrix is the last epoch's, and it scores several crops of each video."
        f"{''.join(whole)} Ours is one prediction per video, of a step that no tested subject "
        "chose, all folds pooled."
    )


def _notes(quoted: list[Quoted]) -> list[str]:
    """Says which of the paper's pairs no confusion matrix has."""
    pairs = [one for one in quoted if one.metric == "uf1"]
    texts = [(one.row.name, answers.note(TABLES[one.tables[0]], one.row)) for one in pairs]
    notes = [f"- {name}: {text}" for name, text in texts if text]
    return ["\n".join(notes)] if notes else []
