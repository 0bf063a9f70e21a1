"""What a wave logs beside its losses."""

from types import SimpleNamespace

import numpy as np
import pytest

from mol_jax import settings
from mol_jax.settings import trials
from mol_jax.study import wave_log
from mol_jax.training.replicas import Replica
from mol_jax.training.step import StepMetrics
from tests.mol_jax import tiny


def test_a_row_has_the_terms_as_the_network_weighted_them():
    terms = {"mer": np.float32([0, 1.0]), "own": np.float32([0, 25.0])}
    ones = np.ones(2)
    means = StepMetrics(total=np.float32([0, 26.0]), terms=terms, grad_norm=ones, finite=ones)
    replica = Replica(1, 0, SimpleNamespace(name="s1"))
    row = wave_log._history_row(replica, 50, means, slot=1)
    assert row.terms == {"mer": 1.0, "own": 25.0}
    assert (row.trial, row.step, sum(row.terms.values())) == (1, 50, row.total)


def test_the_logged_rate_is_that_of_the_rows_last_update():
    made = trials.make_trials(
        tiny.config(**{"optim.schedule": "cosine", "train.steps": 20}),
        [{"optim.warmup": 4}, {"optim.schedule": "constant"}],
    )
    study = SimpleNamespace(
        trials=made, scalars=lambda one: settings.scalars(made[one.trial].config)
    )
    cosine, constant = (
        [wave_log._rate(study, Replica(trial, 0, None), step) for step in (1, 5, 13, 20)]
        for trial in (0, 1)
    )
    # Of updates 0, 4, 12 and 19: a fifth of 1e-3, all of it, half of it, nearly none.
    assert cosine == pytest.approx([2e-4, 1e-3, 5e-4, 9.6e-6], rel=0.01)
    assert constant == pytest.approx([1e-3] * 4)
