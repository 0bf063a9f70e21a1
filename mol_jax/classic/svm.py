"""The SVM of one fold: its scaler and machine, fitted on the rows that it is given and no others.

Everything random is absent: the same rows give the same machine. C is a number, or is chosen by
people of those rows (`mol_jax.classic.inner`).
"""

import dataclasses
from typing import Literal

import numpy as np
from sklearn.metrics.pairwise import linear_kernel, rbf_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mol_jax.classic.estimator import Estimator

Kernel = Literal["linear", "rbf"]


@dataclasses.dataclass(frozen=True)
class Svm(Estimator):
    """One-against-one machines of scikit-learn's SVC, of which the largest decision wins.

    So it says what SVC itself does with break_ties=True.

    kernel: "linear", or "rbf" with gamma = 1 / (D var) of D components and the variance of all
    numbers that it is fitted on. c: above 0. scaled: whether each component is brought to mean 0
    and variance 1 first, by those of the same rows; a constant one is divided by 1.
    """

    kernel: Kernel
    c: float
    scaled: bool
    num_classes: int

    def fit(self, features: np.ndarray, labels: np.ndarray, people: np.ndarray) -> "Machine":
        """Returns the machine of features [M, D] with labels int [M]; people [M] have no part."""
        del people
        kernel = Kernels(self.kernel, features, scaled=self.scaled)
        return machine(kernel, labels, self.c, self.num_classes)


class Kernels:
    """A kernel between the rows that something is fitted on and others, computed once for every C.

    kernel, scaled: as of `Svm`. features: [M, D], of the rows that are fitted on.
    """

    def __init__(self, kernel: Kernel, features: np.ndarray, *, scaled: bool):
        self._scaler = StandardScaler(with_mean=scaled, with_std=scaled).fit(features)
        self._kernel, self._rows = kernel, self._scaler.transform(features)
        spread = self._rows.var() if kernel == "rbf" else 0
        self._gamma = 1 / (features.shape[1] * spread) if spread else 1.0  # as gamma="scale"
        self.own = self._between(self._rows)  # [M, M]

    def to(self, features: np.ndarray) -> np.ndarray:
        """Returns the kernel between features [K, D] and the rows, [K, M]."""
        return self._between(self._scaler.transform(features))

    def _between(self, scaled: np.ndarray) -> np.ndarray:
        if self._kernel == "linear":
            return linear_kernel(scaled, self._rows)
        return rbf_kernel(scaled, self._rows, gamma=self._gamma)


@dataclasses.dataclass(frozen=True)
class Machine:
    """A fitted SVM. svc: None where all rows were of one class. present: the classes it knows.

    chosen_c: its C where that was chosen by people of the rows, None where it was given.
    """

    kernels: Kernels
    svc: SVC | None
    present: np.ndarray
    num_classes: int
    c: float
    chosen_c: float | None = None

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Returns float64 [K, n] of features [K, D]; the largest is the class that it says."""
        return self.of_kernel(self.kernels.to(features))

    def of_kernel(self, kernel: np.ndarray) -> np.ndarray:
        """Returns float64 [K, n] of a kernel [K, M]: the softmax of its decisions, uncalibrated.

        A class that no row had gets 0; of two, the decision is that of the second over the first.
        """
        found = np.full((len(kernel), self.num_classes), -np.inf)
        decided = np.zeros(len(kernel)) if self.svc is None else self.svc.decision_function(kernel)
        if decided.ndim == 1:
            decided = np.stack([np.zeros_like(decided), decided], axis=1)[:, : len(self.present)]
        found[:, self.present] = decided
        powers = np.exp(found - found.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


def machine(kernels: Kernels, labels: np.ndarray, c: float, num_classes: int) -> Machine:
    """Returns the SVM with this C of rows with a kernel and labels int [M]."""
    present = np.unique(labels)
    svc = None
    if len(present) > 1:
        svc = SVC(C=c, kernel="precomputed", decision_function_shape="ovr")
        svc.fit(kernels.own, labels)
    return Machine(kernels, svc, present, num_classes, c)
