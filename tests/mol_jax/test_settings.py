"""Every field is declared, and every wrong value is refused with a sentence that names it."""

import pytest
from ml_collections import ConfigDict

from configs import default
from data_builders.synthetic.tree import LARGEST
from mol_jax import settings
from mol_jax.errors import UserError
from tests.mol_jax import tiny


def test_rules_and_default_config_declare_the_same_fields():
    assert set(settings.flatten(default.get_config())) == set(settings.RULES)
    settings.check(default.get_config())


WRONG = {
    "seeds": [(), (0, 0), (-1,), 3, ("a",)],
    "data.frames": [3, 0, "8"],
    "data.alignment": ["none", ""],
    "data.flow": ["farneback", ""],
    "data.allow_count_mismatch": ["yes", 1],
    "data.generate.subjects": [1, 2.5],
    "data.generate.amplitude": [(4.0, 1.0), (0.0, 1.0), (1.0,), 3.0],
    "protocol.name": ["lovo2", ""],
    "protocol.folds": [1],
    "protocol.train": [("",), ("casme2", "casme2"), "casme2", (3,)],
    "protocol.test": [None, ("smic", "smic")],
    "selection.name": ["outer", ""],
    "selection.every": [-5, 2.5, True],
    "selection.validation": [0.0, -1.0, 1.5, float("nan"), "half"],
    "selection.leaky_oracle": ["yes", 1],
    "model.crop": [0, 100, 96.0],
    "model.width": [8, 100],
    "model.neighbours": [0, 2.0],
    "model.fcc": ["v"],
    "model.fusion": ["mean"],
    "model.flow_width": [0.0, -1.0, 5.0],
    "model.dropout": [1.0, -0.1, float("nan")],
    "model.dtype": ["float16"],
    "loss.lambda_flow": [-1.0, float("inf"), float("nan")],
    "loss.label_smoothing": [1.0],
    "augment.crop_jitter": [1.1, -0.1],
    "augment.flip_probability": [2.0],
    "optim.learning_rate": [0.0, -1e-3, float("nan"), "fast"],
    "train.steps": [0, -5, 1.5, True],
    "train.batch_size": [0, 1],
    "predict.batch_size": [0],
    "runtime.loop": ["python"],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in WRONG.items() for v in vs])
def test_value_out_of_range_is_named(name, value):
    config = default.get_config()
    with config.ignore_type(), config.unlocked():
        config.update_from_flattened_dict({name: value})
    with pytest.raises(UserError, match=f"^{name} is .*; it must be ") as error:
        settings.check(config)
    assert "\n" not in str(error.value)


def test_misspelt_field_is_answered_with_the_nearest():
    config = default.get_config().unlock()
    config.optim.learning_rat = 1e-3
    with pytest.raises(UserError, match=r"rat': did you mean 'optim\.learning_rate'"):
        settings.check(config)


def test_missing_field_is_named():
    config = default.get_config().unlock()
    del config.optim.eps
    with pytest.raises(UserError, match=r"'optim\.eps' is missing"):
        settings.check(config)
    with pytest.raises(UserError, match="is missing"):
        settings.check(ConfigDict())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tasks.mer": False, "tasks.flow": False, "tasks.landmarks": False}, "turn one on"),
        ({"train.log_every": 7}, r"no multiple of train\.log_every"),
        ({"model.neighbours": 17}, "only model.width = 16 channels"),
    ],
)
def test_contradicting_fields_are_refused(changes, words):
    with pytest.raises(UserError, match=words):
        settings.check(tiny.config(**changes))


def test_aligned_image_is_nine_eighths_of_the_crop():
    assert settings.aligned_size(tiny.config(**{"model.crop": 128})) == 144
    assert settings.aligned_size(tiny.config()) == 72


def test_the_largest_motion_is_the_generators():
    assert settings.LARGEST_MOTION == LARGEST
