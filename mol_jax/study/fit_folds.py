"""Every fold of a method that is fitted at once: a feature of each clip, and what reads it.

Features are made once for all folds, each of its own clip. Of each fold, slices are handed on: its
training rows to be fitted, then its test rows' features alone to be asked about. A fold that is
done keeps its predictions where a trained one does, so the same command goes on and every table,
the audit and the report are as of any run.
"""

import math
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from mol_jax import settings
from mol_jax.classic.estimator import Estimator, Fitted, Method
from mol_jax.data.clips import Dataset
from mol_jax.errors import UserError
from mol_jax.networks.network import Predicted
from mol_jax.protocol.folds import Fold
from mol_jax.settings.find import find
from mol_jax.settings.trials import Trial
from mol_jax.study import predicted
from mol_jax.study.checkpoints import PREDICTED, replica_folder
from mol_jax.study.study import CHECKPOINTS, Study
from mol_jax.study.train_waves import Progress, WaveDone

ROUNDING = 1e-4  # a share: features that differ by less are one


def fit_group(study: Study, group: Sequence[Trial], progress: Progress, done: WaveDone) -> None:
    """Fits and predicts every fold of some trials that is not finished."""
    for trial in group:
        replicas = study.replicas([trial])
        todo = [one for one in replicas if study.checkpoints.finished(one.name) is None]
        progress("", len(replicas) - len(todo))
        if not todo:
            continue
        kind = find(trial.config.model.network)
        assert kind.method is not None, "else it is trained"
        method = kind.method(trial.config, len(study.dataset.classes))
        progress("features", 0)
        features = features_of(study.dataset, method)
        # One thread: on any number of cores the same bits, and none that wait for one another,
        # which on a busy machine takes several times as long as the products themselves.
        with threadpool_limits(1):
            for one in todo:
                fitted = fit(method.estimator, features, study.dataset, one.fold)
                found = Predicted(ask(fitted, features, study.dataset, one.fold))
                c = c_of(fitted, trial.config.model.network)
                study.checkpoints.finish(one.name, found, finite=True, chosen_c=c)
                progress(one.name, 1)
                done(one.name, 1, 1)


def c_of(fitted: Fitted, network: str) -> float | None:
    """Returns the C that people chose, None where none did. Raises UserError for what is none."""
    c = getattr(fitted, "chosen_c", None)
    if c is None:
        return None
    if isinstance(c, bool) or not isinstance(c, numbers.Real) or not math.isfinite(c):
        raise UserError(
            f"{network}: chosen_c of what its estimator fits is {c!r}; it must be a finite number, "
            "or None where no C is chosen."
        )
    return float(c)


def refuse(trials: Sequence[Trial], why: str) -> None:
    """Raises UserError where trials are fitted at once. why: what such a method does not have."""
    config = trials[0].config
    if settings.is_fitted(config):
        raise UserError(
            f"model.network is {config.model.network!r}, which is fitted at once: {why}. Run it "
            "with python -m mol_jax.main, which takes minutes."
        )


def chosen_c(study: Study) -> list[dict[str, Any]] | None:
    """Lists the C that people of each finished fold's training rows chose; None where none did.

    A fold that an earlier version fitted does not say it.
    """
    if not settings.is_fitted(study.config):
        return None
    found = []
    for one in study.replicas(study.trials, all_folds=True):
        path = replica_folder(study.files.folder / CHECKPOINTS, one.name) / PREDICTED
        c = predicted.chosen_c(path) if path.exists() else None
        if c is not None:
            trial, seed, fold = one.key
            found.append({"trial": trial, "seed": seed, "fold": fold, "c": c})
    return found or None


def fit(estimator: Estimator, features: np.ndarray, dataset: Dataset, fold: Fold) -> Fitted:
    """Returns what is fitted to a fold's training rows.

    features: [N, D] of the dataset's rows. Raises AssertionError where a test row is among those
    that are fitted on; UserError as the estimator does, with the fold's name.
    """
    if len(np.intersect1d(fold.train, fold.test)):  # no assert: python -O would not look
        raise AssertionError(f"fold {fold.name!r} would be fitted on rows that it tests")
    labels = np.asarray(dataset.table.label)[fold.train]
    people = np.array([dataset.names[row].person for row in fold.train])
    try:
        return estimator.fit(features[fold.train], labels, people)
    except UserError as error:
        raise UserError(f"fold {fold.name!r}: {error}") from error


def ask(fitted: Fitted, features: np.ndarray, dataset: Dataset, fold: Fold) -> np.ndarray:
    """Returns the probabilities of a fold's test rows, float [K, n], by what was fitted to it.

    features: [N, D] of the dataset's rows. Raises UserError for what are no probabilities.
    """
    found = np.asarray(fitted.probabilities(features[fold.test]))
    wanted = len(fold.test), len(dataset.classes)
    if found.shape != wanted or not np.isfinite(found).all():
        raise UserError(
            f"fold {fold.name!r}: what is fitted says {found.shape} of {len(fold.test)} clips and "
            f"{wanted[1]} classes; it must be finite probabilities of shape {wanted}."
        )
    return found


def features_of(dataset: Dataset, method: Method) -> np.ndarray:
    """Returns what a method makes of every clip, [N, D].

    Raises UserError where that is no table with a row for each clip, one of a clip is not finite,
    or the first clip has other features where it is alone: they would tell of clips that are
    tested, before any fold is cut.
    """
    inputs = dataset.table.inputs
    features = np.asarray(method.features(inputs))
    if features.ndim != 2 or len(features) != len(dataset.names):
        raise UserError(
            f"the features of {len(dataset.names)} clips have the shape {features.shape}; a method "
            "makes [N, D] of N clips, a row for each."
        )
    _refuse_not_finite(dataset, features)
    first = features[:1]
    alone = np.asarray(method.features({name: leaf[:1] for name, leaf in inputs.items()}))
    near = ROUNDING * np.abs(first).max(initial=0)
    if alone.shape != first.shape or not np.allclose(alone, first, rtol=ROUNDING, atol=near):
        raise UserError(
            f"the features of {dataset.names[0].clip} are others where no other clip is there, so "
            "they tell of people who are tested: make each row of its own clip, and leave what "
            "looks at several to the estimator, which is handed a fold's training rows."
        )
    return features


def _refuse_not_finite(dataset: Dataset, features: np.ndarray) -> None:
    odd = np.flatnonzero(~np.isfinite(features).all(axis=1))
    if len(odd):
        name = dataset.names[odd[0]]
        raise UserError(
            f"the features of {len(odd)} clips are not finite (first {name.clip} of subject "
            f"{name.subject}), so nothing can be fitted to them: build the dataset again."
        )
