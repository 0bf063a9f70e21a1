"""moved.md: what moving the key frames does to a run's scores, on one page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mol_jax.moved.cases import percent
from mol_jax.moved.predict import Moved
from mol_jax.reporting import protocol_sections, sections
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring import mark
from mol_jax.scoring.predictions import Prediction
from mol_jax.text.tables import markdown, span, with_span
from mol_jax.text.tables import percent as figure

PICTURE = "figures/moved.png"
TOLD = (
    "Nothing was trained again: each fold's own weights predict its held-out people, and only "
    "which frames are shown as onset and apex is other. Intervals are over subjects; a difference "
    "is paired, and its p is of this line alone.",
    "The onset is shown later, by that share of the clip's own way from onset to apex, with the "
    "landmarks of the frame that is shown; nothing before the annotated onset is built. The apex "
    "is shown earlier or later, after the onset and no later than the offset; figures of both ways "
    "are means over the two. The direction is ours: FRL-DGT's paper does not say it.",
    "Stayed: clips in which the frame did not move, as too few lie between. Short: clips in which "
    "it moved, and more than half a frame too little, as no frame is there. Both are scored with "
    "the others. Moved by: the mean over all clips.",
)


def parts(run: Run, entries: Sequence[Mapping[str, Any]], results: Sequence[Moved]) -> list[str]:
    """Returns the paragraphs of the page, without its picture.

    entries: of `scores.entries`, of what `results` holds.
    """
    return [
        *sections.title(run),
        "## Key frames moved",
        *protocol_sections.notes(run.metrics),
        sizes(run, entries[0]),
        _table(run, entries),
        *_by_dataset(run, entries),
        *_notes(run, entries, results),
        *TOLD,
    ]


def sizes(run: Run, unmoved: Mapping[str, Any]) -> str:
    """Says what was scored; of several trials, which."""
    of = "" if len(run.trials) == 1 else f" of trial {run.trial}, the first of {len(run.trials)},"
    seeds = f", mean of {unmoved['n_seeds']} seeds" if unmoved["n_seeds"] > 1 else ""
    text = f"The weights{of} on {unmoved['n_clips']} clips of {unmoved['n_subjects']} subjects"
    few = unmoved["n_subjects"] < sections.FEW_SUBJECTS
    rough = " With so few subjects the intervals are themselves rough, and rather too narrow."
    return f"{text}{seeds}.{rough * few}"


def _table(run: Run, entries: Sequence[Mapping[str, Any]]) -> str:
    header = [mark.named("%", run.metrics), "UF1", "UAR", "Acc", "UF1 against unmoved", "p"]
    rows = [_line(words, one) for words, one in _named(entries)]
    return markdown([*header, "moved by", "stayed", "short"], rows)


def _by_dataset(run: Run, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns UF1 on each dataset's clips, where there are several."""
    names = list(entries[0].get("per_dataset", ()))
    if not names:
        return []
    parts = run.metrics["per_dataset"]
    header = ["UF1, %", *(mark.named(name, parts[name]) for name in names)]
    rows = []
    for words, one in _named(entries):
        scores = (one["per_dataset"][name] for name in names)
        rows.append([words, *(with_span(of["uf1"], of["ci95"]["uf1"]) for of in scores)])
    return [markdown(header, rows)]


def _named(
    entries: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields what is moved in words, and its figures: of an apex each way and their mean."""
    for one in entries:
        if one["onset_shift"]:
            yield f"onset {percent(one['onset_shift'])} later", one
        elif one["apex_shift"]:
            by = percent(one["apex_shift"])
            for way in ("earlier", "later"):
                yield f"apex {by} {way}", one[way]
            yield f"apex {by}, both ways", one
        else:
            yield "unmoved", one


def _line(name: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    test = one["against_unmoved"]
    scores = [with_span(one[key], one["ci95"][key]) for key in ("uf1", "uar", "acc")]
    against = ("–", "–")
    if test:
        against = (
            f"{100 * test['difference']:+.2f} {span(test['ci95'])}".strip(),
            f"{test['p']:.3g}",
        )
    moves = ("–", "–", "–")
    if "stayed" in one:
        moves = figure(one["share"]), str(one["stayed"]), str(one["short"])
    return (name, *scores, *against, *moves)


def _notes(run: Run, entries: Sequence[Mapping[str, Any]], results: Sequence[Moved]) -> list[str]:
    """Says what stands against the figures: another prediction unmoved, inputs that do not move."""
    said = [as_before(run, results[0].rows)]
    if run.unscored():
        said.append(f"Folds that diverged and have no prediction: {len(run.unscored())}.")
    clips = entries[0]["n_clips"]
    unseen = [one.case.words for one in results[1:] if len(one.same) >= clips]
    if unseen:
        said.append(
            f"**The network saw of every clip what it sees unmoved ({', '.join(unseen)})**: what "
            "it reads is not made of that frame, or no clip has another frame there."
        )
    return said


def as_before(run: Run, rows: Sequence[Prediction]) -> str:
    """Compares what is predicted unmoved with predictions.csv."""
    held = {(row.seed, row.fold, *row.video): row for row in run.predictions.rows}
    pairs = [(row, held.get((row.seed, row.fold, *row.video))) for row in rows]
    both = [(row, other) for row, other in pairs if other is not None]
    furthest = max(
        (abs(a - b) for row, other in both for a, b in zip(row.probs, other.probs, strict=True)),
        default=0.0,
    )
    if len(both) == len(rows) == len(held) and furthest < 1e-6:
        return "Unmoved, the weights predict what predictions.csv has."
    changed = sum(row.pred != other.pred for row, other in both)
    return (
        f"NOTE: unmoved, {changed} of {len(both)} predicted classes are not those of "
        f"predictions.csv, and probabilities differ by up to {furthest:.2g}: another machine, "
        "version or number of devices rounds otherwise. Differences here are to what is predicted "
        "unmoved now."
    )
