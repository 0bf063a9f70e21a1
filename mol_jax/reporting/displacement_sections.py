"""The section of a report about a displacement that the network makes itself: is it any good?

A classifier that is shown both frames hardly loses by a displacement that is always zero, so its
scores do not tell. What tells is how much of the difference between the frames it explains, and how
near it lies to TV-L1.
"""

from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.means import Mean, mean_of
from mol_jax.scoring.measure import Measure
from mol_jax.text import tables
from mol_jax.text.words import counted

TASK = "displacement"
RATIO = "rec_ratio"  # L_rec(D) / L_rec(0) of each video
ERROR, STILL = "epe_d", "epe_d_zero"  # px, of D against TV-L1 from onset to apex, and of D = 0

EXPLAINED = (
    "L_rec is the mean difference between {} and the onset moved along the displacement D; "
    "L_rec(0) is that of the onset as it is. A ratio below 1 is motion explained, though any "
    "smoothing of noise takes a little off too; 1 is a displacement that does nothing."
)


APEX, EACH_LATER = "the apex", "each later frame that is read"


def displacement(run: Run) -> list[str]:
    """Gives how good the displacement is beside none; [] for a network that makes none."""
    if not run.has(RATIO):
        return []
    if not run.metrics[TASK]:
        return ["## Displacement", "Nothing was scored."]
    ratio = mean_of(run, RATIO)
    lines = [["L_rec(D) / L_rec(0)", ratio.written(".3f"), "1"]]
    said = [_videos(run)]
    faults = [] if ratio.below(1) else [_not_below(ratio)]
    if run.has(ERROR, STILL):
        error, still, gain = mean_of(run, ERROR), mean_of(run, STILL), mean_of(run, ERROR, STILL)
        lines.append(["end-point error, px", error.written(".3f"), f"{still.value:.3f}"])
        said.append(
            "The end-point error is against TV-L1 from onset to apex, which is no truth either, "
            f"over all pixels; it differs from that of no displacement by {gain.written('+.3f')} px"
            f"{' (95 %, over subjects)' if gain.bounds else ''}."
        )
        if not gain.below(0):
            faults.append("its end-point error is not shown to be smaller than that of none")
    table = tables.markdown(
        ["mean over videos", "this run [95 %, over subjects]", "none (D = 0)"], lines
    )
    frames = EACH_LATER if run.settings["model"].get("sequence") else APEX
    text = " ".join([*said, EXPLAINED.format(frames)])
    return ["## Displacement", table, text, *_verdict(faults)]


def _videos(run: Run) -> str:
    """Says of how many videos the ratio is below 1."""
    values = [row.values[RATIO] for row in run.dense if row.values.get(RATIO) is not None]
    below = sum(value < 1 for value in values if value is not None)
    seeds = len({row.seed for row in run.dense})
    over = f", each counted once for each of {seeds} seeds" if seeds > 1 else ""
    return f"The ratio is below 1 for {below} of {counted(len(values), 'video')}{over}."


def _not_below(ratio: Mean) -> str:
    if ratio.bounds is None:
        return "L_rec(D)/L_rec(0) has no interval, for which two subjects are needed"
    return "the interval of L_rec(D)/L_rec(0) does not lie below 1"


def _verdict(faults: list[str]) -> list[str]:
    """Says in bold what is lacking, and what it means."""
    if not faults:
        return []
    return [
        f"**The displacement is not shown to be better than none: {', and '.join(faults)}.** The "
        "classifier is shown frames as they are, so it can recognise expressions without any "
        "displacement, and its scores do not tell a dead module from a good one. Until this "
        "changes, they are no evidence for an adaptive displacement."
    ]


def measures(run: Run) -> list[Measure]:
    """Returns the measures that this section speaks of."""
    return [one for one in run.measures if one.task == TASK and run.has(RATIO)]
