"""The mean of a measure over a run's videos, with its interval, as report sections show it."""

from typing import NamedTuple

from mol_jax.reporting.finished_run import Run
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.summary import dense_sums


class Mean(NamedTuple):
    """A mean over videos, then over seeds, and its 95 % interval over subjects, if there are two.

    bounds: low and high.
    """

    value: float
    bounds: list[float] | None

    def below(self, limit: float) -> bool:
        """Tells whether it is shown to lie below: all of the interval does."""
        return self.bounds is not None and self.bounds[1] < limit

    def written(self, form: str) -> str:
        """Writes it as 0.71 [0.60, 0.83]."""
        text = format(self.value, form)
        if self.bounds is None:
            return text
        return f"{text} [{self.bounds[0]:{form}}, {self.bounds[1]:{form}}]"


def mean_of(run: Run, name: str, less: str = "") -> Mean:
    """Returns the mean of a measure over videos, less that of another on the same videos."""
    total, count = dense_sums(run.dense, run.measure(name))
    if less:
        total = total - dense_sums(run.dense, run.measure(less))[0]
    return Mean(float((total.sum(1) / count.sum(1)).mean()), mean_interval(total, count))
