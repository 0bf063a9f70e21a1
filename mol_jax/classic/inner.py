"""C chosen inside a fold's training rows: by people of them, in five folds of their own."""

import dataclasses

import numpy as np

from mol_jax.classic.estimator import Estimator
from mol_jax.classic.svm import Kernel, Kernels, Machine, machine
from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold, make_folds
from mol_jax.scoring.confusion import confusion, scores

GRID = tuple(10.0**power for power in range(-2, 5))  # 0.01 … 10,000
FOLDS = 5


@dataclasses.dataclass(frozen=True)
class ChosenSvm(Estimator):
    """An SVM whose C is the smallest of `GRID` with the best UF1 on the inner folds, pooled.

    kernel, scaled, num_classes: as of `svm.Svm`. The scaler of an inner fold is of its own rows.
    """

    kernel: Kernel
    scaled: bool
    num_classes: int

    def fit(self, features: np.ndarray, labels: np.ndarray, people: np.ndarray) -> Machine:
        """Returns the machine of all rows with the C that was chosen by their people [M].

        Raises UserError where they are one person's.
        """
        best = int(np.argmax(self.uf1(features, labels, people)))  # the first of the largest
        kernels = Kernels(self.kernel, features, scaled=self.scaled)
        fitted = machine(kernels, labels, GRID[best], self.num_classes)
        return dataclasses.replace(fitted, chosen_c=GRID[best])

    def uf1(self, features: np.ndarray, labels: np.ndarray, people: np.ndarray) -> list[float]:
        """Returns the UF1 that each C of `GRID` has on people whom it was not fitted on."""
        said = np.zeros((len(GRID), len(labels)), np.int64)
        for fold in inner_folds(people):
            kernels = Kernels(self.kernel, features[fold.train], scaled=self.scaled)
            asked = kernels.to(features[fold.test])
            for at, c in enumerate(GRID):
                fitted = machine(kernels, labels[fold.train], c, self.num_classes)
                said[at, fold.test] = fitted.of_kernel(asked).argmax(axis=1)
        return [scores(confusion(labels, one, self.num_classes))["uf1"] for one in said]


def inner_folds(people: np.ndarray) -> list[Fold]:
    """Returns five folds of rows of these people [M], or as many as there are people.

    Nobody is on both sides of one. Raises UserError where there is only one person.
    """
    found = sorted({str(person) for person in people})
    if len(found) == 1:
        raise UserError(
            f"model.c is 0, so C is chosen by people of the training rows, but they are all of "
            f"{found[0]}: set model.c, as --config.model.c=1."
        )
    return make_folds("kfold", [str(p) for p in people], folds=min(FOLDS, len(found)))
