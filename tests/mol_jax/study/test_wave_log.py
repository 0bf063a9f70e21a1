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


def test_the_terms_are_weighted_and_sum_to_the_total():
    fields = {"loss.lambda_flow": 0.5, "loss.auxiliary": "supcon", "loss.lambda_auxiliary": 2.0}
    made = trials.make_trials(tiny.config(**fields), [{}, {"tasks.landmarks": False}])
    losses = {"mer": 1.0, "flow": 4.0, "landmarks": 0.25, "auxiliary": 3.0}
    means = {name: np.float32([0, value]) for name, value in losses.items()}
    means = StepMetrics(
        total=np.float32([0, 26.0]), grad_norm=np.ones(2), finite=np.ones(2), **means
    )
    fold = SimpleNamespace(name="s1")
    full, two = (
        wave_log._history_row(
            SimpleNamespace(trials=made), Replica(trial, 0, fold), 50, means, slot=1
        )
        for trial in (0, 1)
    )
    assert full.terms == {"mer": 1.0, "flow": 2.0, "landmarks": 68 * 0.25, "auxiliary": 6.0}
    assert sum(full.terms.values()) == full.total
    assert list(two.terms) == ["mer", "flow", "auxiliary"]


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
