"""Measures: what may stand together in a run's tables, and comes back from its config.json."""

import dataclasses
import json

import pytest

from mol_jax.errors import UserError
from mol_jax.scoring import measure
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.predictions import KEY, Predictions
from mol_jax.scoring.summary import summary
from tests.mol_jax.measured import MOL

AGE = Measure("age", "age", "years", "videos")


def test_the_columns_of_mol_are_those_it_always_had():
    assert measure.columns(MOL) == (
        "pairs", "epe", "epe_zero", "frames", "nme", "failures", "nme_mean_face",
    )  # fmt: skip
    assert measure.columns(()) == ()


def test_they_come_back_from_the_config(tmp_path):
    config = json.loads(json.dumps({"measures": measure.recorded((*MOL, AGE))}))
    assert measure.read(tmp_path / "config.json", config) == (*MOL, AGE)
    assert measure.read(tmp_path / "config.json", {"measures": []}) == ()


@pytest.mark.parametrize("content", [{}, {"measures": None}, {"measures": [{"nmae": "epe"}]}])
def test_a_run_without_the_list_is_refused(tmp_path, content):
    with pytest.raises(UserError, match=r"has no list of measures .*train the run again"):
        measure.read(tmp_path / "config.json", content)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"over": "faces"}, "'age' has over = 'faces', expected one of pairs, frames, videos"),
        ({"name": "seed"}, "'seed' has a name that is empty or another column's"),
        ({"name": "epe"}, "'epe' has a name that is empty or another column's"),
        ({"task": "pooled"}, "'age' has task = 'pooled'"),
        ({"reference": "none"}, "'age' has reference = 'none', expected one of age"),
    ],
)
def test_what_cannot_stand_together_is_refused(change, says):
    measure.check((*MOL, AGE))
    with pytest.raises(UserError, match=says):
        measure.check((*MOL, dataclasses.replace(AGE, **change)))


def test_no_task_may_have_the_name_of_what_metrics_has_already():
    found = summary(Predictions((), ()), failed_folds=[{"fold": "s", "trial": 0, "seed": 0}])
    entries = {*found, *found["per_trial"][0]} - {*measure.TASKS}
    assert entries <= {*measure._TAKEN}
    assert {*KEY} <= {*measure._COLUMNS}
