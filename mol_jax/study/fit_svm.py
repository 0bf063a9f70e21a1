"""The linear SVM of every fold: fitted on its training rows, asked about its test rows.

Its features are standardised by means and deviations of the same training rows. People held in to
choose by are trained on too: the SVM has nothing to choose, and they are not tested. There is no
randomness in it, and nothing to tune: C is 1.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mol_jax.data.clips import Dataset
from mol_jax.data.kept_flows import with_flows
from mol_jax.data.svm_features import flow_of, of_flow
from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold
from mol_jax.scoring.predictions import Prediction
from mol_jax.scoring.svm.reached import Floor


def floor(dataset: Dataset, folds: Sequence[Fold]) -> Floor:
    """Returns what the SVM says of every tested clip of the folds, one row per clip.

    Raises UserError where a clip's flow is not finite.
    """
    found = np.stack([of_flow(flow_of(pair)) for pair in with_flows(dataset.pairs)])
    _refuse_not_finite(found, dataset)
    labels = np.asarray(dataset.table.label)
    rows: list[Prediction] = []
    notes = []
    for fold in folds:
        machine = fit(found, labels, fold)
        if len(machine.classes_) == 1:
            name = dataset.classes[int(machine.classes_[0])]
            notes.append(f"every training clip of fold {fold.name} is {name}: it says that there")
        says = machine.predict(found[fold.test])
        rows += [_row(dataset, fold, *pair) for pair in zip(fold.test, says, strict=True)]
    return Floor(tuple(rows), notes=tuple(notes))


def fit(found: np.ndarray, labels: np.ndarray, fold: Fold) -> Pipeline:
    """Fits scaler and SVM on the training and held-in rows of a fold.

    found: features [N, 288]. labels: int [N]. Where those rows are of one class, that class is
    what it says. Raises AssertionError where a test row is among them.
    """
    rows = training_rows(fold)
    if len(np.intersect1d(rows, fold.test)):  # no assert: python -O would not look
        raise AssertionError(f"fold {fold.name!r} would fit the SVM on rows that it tests")
    one_class = len(np.unique(labels[rows])) == 1
    machine = DummyClassifier(strategy="prior") if one_class else SVC(kernel="linear")
    return make_pipeline(StandardScaler(), machine).fit(found[rows], labels[rows])


def training_rows(fold: Fold) -> np.ndarray:
    """Returns the rows that the SVM of a fold is fitted on, ascending."""
    return np.union1d(fold.train, fold.validation)


def _row(dataset: Dataset, fold: Fold, row: int, label: int) -> Prediction:
    """Returns one prediction. An SVM has no probabilities: the class that it says gets all."""
    name, says = dataset.names[row], dataset.classes[int(label)]
    return Prediction(
        name.dataset,
        name.subject,
        name.clip,
        fold.name,
        trial=0,
        seed=0,
        true=dataset.classes[int(dataset.table.label[row])],
        pred=says,
        probs=tuple(float(known == says) for known in dataset.classes),
        generated=name.generated,
    )


def _refuse_not_finite(found: np.ndarray, dataset: Dataset) -> None:
    odd = np.flatnonzero(~np.isfinite(found).all(1))
    if len(odd):
        name = dataset.names[odd[0]]
        raise UserError(
            f"the flow of {len(odd)} clips is not finite (first {name.clip} of subject "
            f"{name.subject}), so no SVM can be fitted on it: build the dataset again"
        )
