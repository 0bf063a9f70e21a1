"""The section of a report about the regions of a face that a network weighed: which decided?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mol_jax.reporting import region_figure
from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.means import Mean, mean_of
from mol_jax.scoring import mark
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.summary import dense_sums
from mol_jax.text import tables

TASK = "regions"
PREFIX = "weight_"  # of the columns, in % of a video's weights
TITLE = "## Which region decided"
CAUTION = (
    "Weights are no proof of a cause: attention says what was mixed, not what changed the answer, "
    "and regions overlap, so the same pixels stand in several. A region that is looked at by "
    "every network, trained or not, is no finding. To test a region, cover it and predict again."
)


def regions(run: Run, folder: Path) -> list[str]:
    """Gives the mean weight of each region, a picture of them, and the one that stands out."""
    shown = measures(run)
    if not shown:
        return []
    if not run.metrics[TASK]:
        return [TITLE, "Nothing was scored."]
    names = [one.name.removeprefix(PREFIX) for one in shown]
    means = [mean_of(run, one.name) for one in shown]
    even = float(np.mean([mean.value for mean in means]))
    leader = _leader(run, shown, means)
    region_figure.draw(
        folder / "regions.png",
        names,
        [mean.value for mean in means],
        [mean.bounds for mean in means],
        even=even,
        leader=leader,
        note=mark.short(run.metrics),
    )
    return [
        TITLE,
        "![Mean weight of each region](figures/regions.png)",
        tables.markdown(*_table(run, shown, means)),
        f"Mean over videos of the weights of the last fusion over regions, in %; an even share is "
        f"{even:.1f} %. Left and right are those of the picture.{_sum(run, even * len(shown))}",
        _said(names, means, leader),
        CAUTION,
    ]


def measures(run: Run) -> list[Measure]:
    """Returns the measures that this section speaks of."""
    return [one for one in run.measures if one.task == TASK and one.name.startswith(PREFIX)]


def _table(
    run: Run, shown: Sequence[Measure], means: Sequence[Mean]
) -> tuple[list[str], list[list[str]]]:
    """Returns the header and a line for each region; a column for each class where some are."""
    classes = {(row.dataset, row.subject, row.clip): row.true for row in run.predictions.rows}
    found = [name for name in run.predictions.classes if name in classes.values()]
    header = ["region", "weight, % [95 %, over subjects]", *(f"{name}, %" for name in found)]
    lines = []
    for measure, mean in zip(shown, means, strict=True):
        by_class: dict[str | None, list[float]] = {name: [] for name in found}
        for row in run.dense:
            value, of = row.values.get(measure.name), (row.dataset, row.subject, row.clip)
            if value is not None and of in classes:
                by_class[classes[of]].append(value)
        each = [f"{np.mean(values):.1f}" if values else "–" for values in by_class.values()]
        lines.append([measure.name.removeprefix(PREFIX), mean.written(".1f"), *each])
    return header, lines


def _leader(run: Run, shown: Sequence[Measure], means: Sequence[Mean]) -> int | None:
    """Returns the place of the region that is shown to be above all others, None for none."""
    first = int(np.argmax([mean.value for mean in means]))
    sums = [dense_sums(run.dense, one) for one in shown]
    totals, count = np.stack([total for total, _ in sums]), sums[0][1]
    others = [totals[k] for k in range(len(shown)) if k != first]
    gains = [mean_interval(totals[first] - other, count) for other in others]
    return first if all(gain is not None and gain[0] > 0 for gain in gains) else None


def _said(names: Sequence[str], means: Sequence[Mean], leader: int | None) -> str:
    """Names the region that stands out, where one does."""
    if leader is None:
        return (
            "No region stands out: the largest mean weight is not shown to be above that of every "
            "other region."
        )
    return (
        f"The largest weight lies on region {names[leader]}: {means[leader].written('.1f')} %. By "
        "the subjects' spread it is above every other region's, and so above an even share."
    )


def _sum(run: Run, total: float) -> str:
    """Says where the weights are no shares of a whole."""
    if abs(total - 100) < 0.5:
        return ""
    return (
        f" These do not sum to 100 % but to {total:.1f} %: with model.fusion=after the regions' "
        "views are added with learned factors, which need not sum to 1."
    )
