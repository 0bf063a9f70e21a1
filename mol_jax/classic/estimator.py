"""What is fitted once to a fold's training rows, in place of a network that is trained in steps.

M rows are fitted on, K are asked about; D numbers of each, n classes.
"""

import abc
import dataclasses
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

Inputs = Mapping[str, np.ndarray]  # by the names of recipes, [N, ...]


class Fitted(Protocol):
    """What `Estimator.fit` returns. If it has a number `chosen_c`, the run tells it as its C."""

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Returns the probabilities of K rows, float [K, n], of features [K, D]."""


class Estimator(abc.ABC):
    """Something that is fitted to features and then asked. It draws nothing."""

    @abc.abstractmethod
    def fit(self, features: np.ndarray, labels: np.ndarray, people: np.ndarray) -> Fitted:
        """Returns what is fitted to M rows: features [M, D], labels int [M], people str [M].

        It is handed no other row.
        """


@dataclasses.dataclass(frozen=True)
class Method:
    """A hand-crafted feature and what is fitted to it.

    features: takes the inputs of N clips, returns float [N, D]; each row is of its own clip alone.
    """

    features: Callable[[Inputs], np.ndarray]
    estimator: Estimator
