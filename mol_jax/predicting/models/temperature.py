"""One temperature for all probabilities, fitted to what a run predicted of people it left out.

Guo et al. 2017: softmax(log p / T). T above 1 makes a network less sure, below 1 surer; which class
is the likeliest never changes.

T is fitted to single models, each asked about people whom it has not seen. It is applied to the
mean over a run's models: of their mean nobody can be left out, since each person was trained on by
all models but one. A mean is never surer than the surest of its models, so that it is, if anything,
too careful.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

from mol_jax.scoring.predictions import Predictions

BOUNDS = (0.25, 20.0)  # a run that is right about all of few clips would ask for 0: certainty
LEAST = 1e-7  # a probability written as 0 was below a step of float32 at 1


def fit(table: Predictions) -> float | None:
    """Returns the T in `BOUNDS` of the least mean −log p of the true classes; None without rows.

    table: of one trial. Every line counts alike, whatever its seed.
    """
    rows = [row for row in table.rows if row.probs]
    if not rows:
        return None
    logs = _logs(np.array([row.probs for row in rows]))
    true = np.array([table.classes.index(row.true) for row in rows])

    def loss(log_t: float) -> float:
        scaled = logs / np.exp(log_t)
        return float((logsumexp(scaled, axis=1) - scaled[np.arange(len(true)), true]).mean())

    found = minimize_scalar(loss, bounds=tuple(np.log(BOUNDS)), method="bounded")
    return float(np.exp(found.x))


def apply(probabilities: NDArray, temperature: float | None) -> NDArray[np.float32]:
    """Returns softmax(log p / T) of probabilities [..., c]; as they are where T is None."""
    if temperature is None:
        return np.asarray(probabilities, np.float32)
    return softmax(_logs(probabilities) / temperature, axis=-1).astype(np.float32)


def _logs(probabilities: NDArray) -> NDArray[np.float64]:
    return np.log(np.maximum(np.asarray(probabilities, np.float64), LEAST))
