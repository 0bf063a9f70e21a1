"""What is not the paper's is named with the paper's value, and what it is silent on with ours."""

import pytest

from configs import default
from configs.compat import release
from mol_jax.paper.mol import matching_rows
from mol_jax.paper.mol.differences import fields_of, unlike, unsaid, written


def fields(**changes):
    return fields_of(default.get_config().to_dict()) | changes


def test_a_difference_is_named_with_the_papers_value():
    assert list(unlike(fields(**{"data.alignment": "per_frame"}))) == []
    assert unlike(fields(**{"optim.learning_rate": 1e-3}))["optim.learning_rate"] == (
        "optim.learning_rate = 0.001 (paper: 5e-05)"
    )


START = "model.landmark_start = mean_face"


def test_what_the_paper_is_silent_on_is_named_with_the_releases():
    said = unsaid(fields(**{"model.dropout": 0.25}))
    assert "model.dropout = 0.25 (release: 0.5)" in said.other
    assert "data.normalisation = fixed (release: subject)" in said.other
    assert {"train.steps = 1000", "selection.name = fixed"} <= set(said.release)
    assert said.ours == ("seeds = 0", START)


def test_fields_that_another_one_switches_on_are_named_with_it():
    inner = unsaid(fields(**{"selection.name": "inner", "selection.every": 100}))
    assert "selection.name = inner (release: fixed)" in inner.other
    held_in = ("selection.every = 100", "selection.validation = 0.2")
    assert inner.ours == ("seeds = 0", *held_in, START)
    supcon = fields(**{"loss.auxiliary": "supcon"})
    assert "loss.auxiliary = supcon (paper: none)" in unlike(supcon).values()
    assert "loss.temperature = 0.1" in unsaid(supcon).ours
    sgd = fields(**{"optim.name": "sgd", "optim.momentum": 0.9})
    assert "optim.name = sgd (paper: adam)" in unlike(sgd).values()
    assert "optim.momentum = 0.9" in unsaid(sgd).ours
    assert "data.phases = 4" in unsaid(fields(**{"predict.phases": "all", "data.phases": 4})).ours


def test_the_releases_run_has_what_the_release_has():
    given = fields_of(release.get_config().to_dict())
    assert unsaid(given).other == ()
    assert {"data.normalisation = subject", "train.phase = random"} <= set(unsaid(given).release)
    assert [one.figure for one in matching_rows.figures(given)][:2] == ["79.23", "75.85"]
    assert unlike(given)["model.fcc"] == "model.fcc = halves (paper: both)"
    assert set(unlike(given)) == {
        "augment.flip_probability",
        "model.lambda_flow",
        "model.lambda_landmark",
        "model.edge",
        "model.f5c",
        "model.fcc",
        "model.graph",
        "optim.learning_rate",
        "optim.weight_decay",
    }


def test_a_field_that_is_younger_or_older_than_the_run_is_named():
    recorded = default.get_config().to_dict()
    recorded["optim"]["nesterov"] = 0.9
    said = "optim.nesterov = 0.9 (no field here)"
    assert unlike(fields_of(recorded))["optim.nesterov"] == said
    del recorded["optim"]["eps"], recorded["model"]["dropout"]
    given = fields_of(recorded)
    assert unlike(given)["optim.eps"] == "optim.eps = not recorded (paper: 1e-08)"
    assert "model.dropout = not recorded (release: 0.5)" in unsaid(given).other


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5e-5, "5e-05"),
        (5.0000001e-5, "5.0000001e-05"),
        (68.0, "68"),
        (True, "True"),
        ((0, 1), "0, 1"),
        ((), "none"),
    ],
)
def test_values_are_written_for_a_reader(value, text):
    assert written(value) == text
