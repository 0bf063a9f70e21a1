"""Trials: what each changes, which share a program, and what is refused."""

import jax.numpy as jnp
import numpy as np
import pytest
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings.trials import compile_groups, describe, make_trials, plain
from mol_jax.training.program import make_program
from tests.mol_jax import tiny

FIELDS = settings.declared("mol")
RATE, FLOW, FCC, STEPS = "optim.learning_rate", "model.lambda_flow", "model.fcc", "train.steps"
L2, COSINE = "optim.l2", {"optim.schedule": "cosine"}


def test_a_plain_run_is_one_trial_that_changes_nothing():
    config = tiny.config()
    (trial,) = plain(config)
    assert (trial.number, trial.values, describe(trial)) == (0, {}, "")
    assert trial.config.to_dict() == config.to_dict()


def test_a_trial_changes_its_fields_and_no_other():
    config = tiny.config()
    before = settings.flatten(config)
    trials = make_trials(config, [{RATE: 0.5}, {FCC: "none", STEPS: 40}])
    assert [trial.number for trial in trials] == [0, 1]
    assert settings.flatten(trials[0].config) == before | {RATE: 0.5}
    assert settings.flatten(trials[1].config) == before | {FCC: "none", STEPS: 40}
    assert trials[0].values == {RATE: 0.5, FCC: "both", STEPS: 20}
    assert trials[1].values == {RATE: 1e-3, FCC: "none", STEPS: 40}
    assert settings.flatten(config) == before


def test_trials_are_checked_and_cannot_be_changed():
    (trial,) = make_trials(tiny.config(), [{RATE: 0.5}])
    settings.check(trial.config)
    with pytest.raises(AttributeError):
        trial.config.optim.nesterov = True


@pytest.mark.parametrize("value", [1, np.int64(1), np.float64(1.0), np.float32(1.0)])
def test_numbers_take_the_type_of_their_field(value):
    (trial,) = make_trials(tiny.config(), [{FLOW: value}])
    assert type(trial.values[FLOW]) is float and trial.values == {FLOW: 1.0}
    assert type(trial.config.model.lambda_flow) is float
    assert make_program(trial.config, num_classes=3) == tiny.program()


def test_numpy_scalars_of_every_kind_are_taken():
    changes = {"model.ccc": np.bool_(False), STEPS: np.int32(40), FCC: np.str_("none")}
    (trial,) = make_trials(tiny.config(), [changes])
    assert trial.values == {"model.ccc": False, STEPS: 40, FCC: "none"}
    assert [type(value) for value in trial.values.values()] == [bool, int, str]


def test_parts_of_a_network_can_be_swept():
    name = "init.frozen"
    trials = make_trials(tiny.config(), [{name: ()}, {name: ["f5c_0"]}, {name: ("f5c_0", "a")}])
    assert [trial.values[name] for trial in trials] == [(), ("f5c_0",), ("f5c_0", "a")]
    assert len(compile_groups(trials)) == 3
    with pytest.raises(UserError, match=r"trial 0: init\.frozen is 'f5c_0'; it must be a tuple"):
        make_trials(tiny.config(), [{name: "f5c_0"}])


def test_an_integer_in_the_base_does_not_cut_a_fraction_off():
    base = tiny.config().to_dict()
    base["model"]["lambda_flow"] = 1
    (trial,) = make_trials(ConfigDict(base), [{FLOW: 0.5}])
    assert trial.config.model.lambda_flow == 0.5


def test_traced_fields_share_a_program_and_others_do_not():
    trials = make_trials(
        tiny.config(),
        [{RATE: 0.1}, {RATE: 0.1, FCC: "none"}, {FLOW: 0.5}, {RATE: 0.2, FCC: "none"}, {STEPS: 40}],
    )
    groups = [[trial.number for trial in group] for group in compile_groups(trials)]
    assert groups == [[0, 2], [1, 3], [4]]


@pytest.mark.parametrize("name", [n for n, field in FIELDS.items() if field.traced])
def test_every_traced_field_shares_a_program(name):
    values = (0.25, 0.75) if FIELDS[name].rule.allows(0.25) else (1, 2)
    needs = {"optim.momentum": {"optim.name": "sgd"}, "optim.final_share": COSINE}.get(name, {})
    base = tiny.config(**needs)
    trials = make_trials(base, [{name: value} for value in values])
    assert len(compile_groups(trials)) == 1
    first, second = (make_program(trial.config, num_classes=3) for trial in trials)
    assert first == second


def test_a_program_without_an_optional_field_is_compiled_apart():
    """Else each trial of a group would be trained by the program of the first."""
    changes = [{}, {L2: 0.1}, {L2: 0.2}, {L2: 0.0, RATE: 0.5}]
    groups = compile_groups(make_trials(tiny.config(), changes))
    assert [[trial.number for trial in group] for group in groups] == [[0, 3], [1, 2]]
    for group in groups:
        programs = {make_program(trial.config, num_classes=3) for trial in group}
        assert len(programs) == 1
        assert ("l2" in programs.pop().scalars) == (group[0].config.optim.l2 > 0)


def test_a_description_is_short():
    (trial,) = make_trials(tiny.config(), [{RATE: 1e-3, FLOW: 0, FCC: "none", "model.ccc": False}])
    assert describe(trial) == (
        "optim.learning_rate=0.001 model.lambda_flow=0 model.fcc=none model.ccc=False"
    )


BAD = [
    ([], "no trial"),
    ([{RATE: 0.1}, {RATE: 0.2}, {RATE: 0.1}], r"trials 0 and 2 .* \(optim.learning_rate=0.1\)"),
    ([{}, {RATE: 1e-3}], "trials 0 and 1 of the sweep are the same"),
    ([{FLOW: 1}, {FLOW: 1.0}], "trials 0 and 1 of the sweep are the same"),
    ([{"optim.learning_rat": 1}], "trial 0: there is no config field .* 'optim.learning_rate'"),
    ([{"optim": 1}], "trial 0: there is no config field 'optim'"),
    ([{"": 1}], "trial 0: there is no config field ''"),
    ([{}, {RATE: -1.0}], "trial 1: optim.learning_rate is -1.0; it must be a number above 0"),
    ([{RATE: float("nan")}], "optim.learning_rate is nan"),
    ([{RATE: "fast"}], "optim.learning_rate is 'fast'"),
    ([{RATE: None}], "optim.learning_rate is a NoneType; it must be a number"),
    ([{RATE: [0.1, 0.2]}], "optim.learning_rate is a list"),
    ([{RATE: np.ones(2)}], "optim.learning_rate is a ndarray"),
    ([{RATE: jnp.ones(2)}], "optim.learning_rate is a "),
    ([{FCC: np.array(["both", "none"])}], "model.fcc is a ndarray; it must be one of both"),
    ([{RATE: True}], "optim.learning_rate is True"),
    ([{STEPS: 40.0}], "train.steps is 40.0; it must be a whole number"),
    ([{STEPS: 7}], "trial 0: train.steps is 7, which is no multiple of train.log_every"),
    ([{"model.neighbours": 17}], "trial 0: model.neighbours is 17"),
    ([{"tasks.mer": False, "tasks.flow": False, "tasks.landmarks": False}], "turn one on"),
]


@pytest.mark.parametrize(("changes", "words"), BAD)
def test_bad_trials_are_refused_with_one_sentence(changes, words):
    with pytest.raises(UserError, match=words) as error:
        make_trials(tiny.config(), changes)
    assert "\n" not in str(error.value)


SHARED = {
    "seeds": (1,),
    "model.network": "mol",
    "data.frames": 4,
    "data.generate.seed": 1,
    "protocol.name": "kfold",
    "selection.every": 5,
    "predict.batch_size": 2,
    "runtime.group": 2,
    "data.crop": 128,
    "train.log_every": 10,
    "train.save_every": 5,
    "train.save_minutes": 1.0,
    "train.keep_weights": False,
}


@pytest.mark.parametrize("name", SHARED)
def test_what_all_trials_share_cannot_be_swept(name):
    with pytest.raises(UserError, match=f"^trial 0: {name} cannot be swept: .*start a run"):
        make_trials(tiny.config(), [{name: SHARED[name]}])


def test_every_other_field_can_be_swept():
    groups = ("data.", "protocol.", "selection.", "predict.", "runtime.")
    swept = {
        name: value
        for name, value in settings.flatten(tiny.config()).items()
        if name not in SHARED and not name.startswith(groups)
    }
    (trial,) = make_trials(tiny.config(), [swept])
    assert trial.config.to_dict() == tiny.config().to_dict()


def test_a_wrong_base_is_named_before_any_trial():
    config = tiny.config()
    with config.unlocked():
        config.optim.learning_rate = -1.0
    with pytest.raises(UserError, match=r"^optim\.learning_rate is -1"):
        make_trials(config, [{RATE: 1e-3}])
