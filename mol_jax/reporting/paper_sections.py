"""The section of a report with the paper's figures, where they may stand beside ours."""

from mol_jax import tables
from mol_jax.paper import differences, published
from mol_jax.run import Run


def paper(run: Run) -> list[str]:
    """Puts the paper's figures beside ours where data, classes and t are the paper's."""
    if run.dataset["generated"] or not run.metrics["pooled"]:
        return []
    frames, n = run.settings["data"]["frames"], len(run.metrics["classes"])
    row = published.find(run.dataset["name"], n, frames)
    what = f"{run.dataset['name']} with {n} classes and t = {frames}"
    if row is None:
        return ["## Beside the paper", f"The paper prints no figure for {what}."]
    fields = differences.fields_of(run.settings)
    other, unlike = differences.other_row(fields), differences.unlike(fields)
    if other or run.unscored():
        why = f"this run has {', '.join(other)}" if other else "this run is incomplete"
        return ["## Beside the paper", f"The paper's figures for {what} are not shown: {why}."]
    pooled, bounds = run.metrics["pooled"], run.metrics["ci95"]
    lines = [
        ["paper", tables.percent(row.acc / 100), tables.percent(row.wf1 / 100)],
        ["this run", *(tables.with_span(pooled[k], bounds[k]) for k in ("acc", "wf1"))],
    ]
    clips = run.metrics["n_clips"]
    whole = "is" if published.whole_clips(row.acc, clips) else "is not"
    return [
        "## Beside the paper",
        tables.markdown(["", "Acc", "WF1"], lines),
        *([f"Not the paper's: {'; '.join(unlike)}."] if unlike else []),
        f"{row.source}, {what}. Not the same measurement: the paper pre-trains on Aff-Wild2, "
        "lists neither its clips nor how they become one figure, and its authors' release keeps "
        "the epoch that is best on the held-out subject and scores several crops of each video. "
        f"Its {row.acc} % {whole} a whole number of these {clips} clips. Ours is one prediction "
        "per video, of a step that no tested subject chose, all folds pooled.",
    ]
