"""robustness.md: what a run scores on disturbed clips, on one page."""

from collections.abc import Mapping, Sequence
from typing import Any

from mol_jax.moved.page import as_before, sizes
from mol_jax.reporting import protocol_sections, sections
from mol_jax.reporting.finished_run import Run
from mol_jax.robustness.cases import FAMILIES
from mol_jax.robustness.predict import Disturbed
from mol_jax.scoring import mark
from mol_jax.text.tables import markdown, span, with_span

PICTURE = "figures/robustness.png"
TOLD = (
    "Nothing was trained again: each fold's own weights predict its held-out people. Intervals are "
    "over subjects; a difference is paired, and its p is of this line alone: of so many lines some "
    "are below 0.05 by chance.",
    "What is disturbed is the aligned grey face as it was built, and what the network reads is "
    "made of it anew as the builder makes it: which frames are sampled, what lies between them, "
    "the flow. Landmarks follow a face that is pushed, and are those of the built face otherwise: "
    "a worse video would be aligned worse too, which is only what the panels on alignment show. "
    "Frames that are left out are missing from the onset on; the nearest that is left stands for "
    "each, for the apex too, and a sample may show one more than once. An apex that is spotted is "
    "the one spotted in the built face.",
    "Same: clips of which the network saw exactly what it sees as built.",
)


def parts(
    run: Run,
    entries: Sequence[Mapping[str, Any]],
    results: Sequence[Disturbed],
    unread: Mapping[str, str],
) -> list[str]:
    """Returns the paragraphs of the page, with its picture last.

    entries: of `scores.entries`, of what `results` holds. unread: why a family has none.
    """
    said = [as_before(run, results[0].rows)]
    if run.unscored():
        said.append(f"Folds that diverged and have no prediction: {len(run.unscored())}.")
    blind = _blind(entries)
    if blind:
        said.append(
            f"**Of every clip the network saw what it sees as built ({', '.join(blind)})**: what "
            "it reads is not made of that, or is so as built, and these lines show nothing."
        )
    return [
        *sections.title(run),
        "## Robustness",
        *protocol_sections.notes(run.metrics),
        sizes(run, entries[0]),
        _worst(entries),
        _table(run, entries, unread),
        *said,
        *TOLD,
        f"![UF1 of disturbed clips, a panel for each kind]({PICTURE})",
    ]


def _blind(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names the families that change nothing of what the network sees."""
    families = dict.fromkeys(one["family"] for one in entries[1:])
    of = {name: [one for one in entries if one["family"] == name] for name in families}
    return [
        name for name, levels in of.items() if all(one["same"] >= one["n_clips"] for one in levels)
    ]


def _worst(entries: Sequence[Mapping[str, Any]]) -> str:
    """Says by what the score falls most, if by anything."""
    tested = [one for one in entries[1:] if one["against_unmoved"]]
    if not tested:
        return ""
    worst = min(tested, key=lambda one: one["against_unmoved"]["difference"])
    test = worst["against_unmoved"]
    if test["difference"] >= 0:
        return "UF1 falls by none of these."
    bounds = f" {span(test['ci95'])}" if test["ci95"] else ""
    return (
        f"UF1 falls most with {worst['words']}: by {-100 * test['difference']:.2f} points "
        f"(difference {100 * test['difference']:+.2f}{bounds})."
    )


def _table(run: Run, entries: Sequence[Mapping[str, Any]], unread: Mapping[str, str]) -> str:
    header = ["", mark.named("%", run.metrics), "UF1", "UAR", "Acc", "UF1 against built", "p"]
    rows, before = [], ""
    for one in entries:
        title = FAMILIES[one["family"]][0] if one["family"] else "as built"
        rows.append(["" if title == before else title, *_line(one)])
        before = title
    rows += [[FAMILIES[name][0], why, *["–"] * 6] for name, why in unread.items()]
    return markdown([*header, "same"], rows, left=2)


def _line(one: Mapping[str, Any]) -> list[str]:
    test = one["against_unmoved"]
    scores = [with_span(one[key], one["ci95"][key]) for key in ("uf1", "uar", "acc")]
    against = ["–", "–"]
    if test:
        difference = f"{100 * test['difference']:+.2f} {span(test['ci95'])}".strip()
        against = [difference, f"{test['p']:.3g}"]
    words = one["words"] if one["family"] else ""
    return [words, *scores, *against, str(one["same"]) if one["family"] else "–"]
