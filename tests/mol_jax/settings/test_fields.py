"""Every field is declared, and every wrong value is refused with a sentence that names it."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ml_collections import ConfigDict

from configs import default
from data_builders.synthetic.tree import LARGEST
from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.paper.mol import differences
from mol_jax.settings.fields import (
    ABOVE_0,
    LARGEST_MOTION,
    NO_RESULT,
    NOT_OF_PAPER,
    Field,
    OfRow,
    OnlyWhere,
    Silent,
)
from mol_jax.settings.find import find
from mol_jax.settings.rules import FLAG
from tests.mol_jax import tiny

ROOT = Path(__file__).parents[3]
FIELDS, MOL = settings.declared("mol"), find("mol").fields


def test_the_table_and_the_default_config_have_the_same_fields():
    assert set(settings.flatten(default.get_config())) == set(FIELDS)
    settings.check(default.get_config())


def test_no_field_of_the_papers_network_lacks_what_the_paper_has_for_it():
    assert [name for name, field in FIELDS.items() if field.paper is NOT_OF_PAPER] == []
    assert Field(FLAG, default=True).paper is NOT_OF_PAPER  # of another network


@pytest.mark.parametrize("name", MOL)
def test_a_networks_default_is_allowed(name):
    assert MOL[name].rule.allows(MOL[name].default)


def test_hyperparameters_are_the_traced_fields():
    traced = [field.traced for field in FIELDS.values() if field.traced]
    assert len(set(traced)) == len(traced)
    config = tiny.config(**{"optim.learning_rate": 0.25, "model.dropout": 0.75})
    scalars = settings.scalars(config)
    optional = {"l2", "momentum", "center", "triplet", "cosface"}
    assert {*traced, "steps"} - optional == set(scalars)  # and where a schedule ends
    every = {"optim.name": "sgd", "optim.momentum": 0.5, "optim.l2": 0.25}
    every |= {"loss.center": 0.5, "loss.triplet": 0.5, "loss.cosface": 0.5}
    assert {*traced, "steps"} == set(settings.scalars(tiny.config(**every)))
    assert (scalars["learning_rate"], scalars["dropout"]) == (0.25, 0.75)
    assert scalars["dropout"].dtype == np.float32


@pytest.mark.parametrize("name", FIELDS)
def test_the_columns_of_a_field_agree(name):
    field = FIELDS[name]
    if field.free:
        assert field.paper is NO_RESULT, "a field that a session may change changes no result"
    assert field.traced or not field.optional
    if field.traced:
        assert field.paper is not NO_RESULT and not (field.shared or field.free)
    if isinstance(field.paper, OfRow):
        assert field.paper.mol is None or field.rule.allows(field.paper.mol)
    elif isinstance(field.paper, Silent):
        assert field.paper.release is None or field.rule.allows(field.paper.release)
    elif isinstance(field.paper, OnlyWhere):
        others = field.paper.others.items()
        given = [(other, 0.5 if value is ABOVE_0 else value) for other, value in others]
        assert given and all(FIELDS[other].rule.allows(value) for other, value in given)
    else:
        assert field.paper is NO_RESULT or field.rule.allows(field.paper)


def test_what_decides_clips_and_folds_is_shared():
    groups = ("data.", "protocol.", "selection.", "predict.", "runtime.")
    assert {"seeds", *(name for name in FIELDS if name.startswith(groups))} < {
        name for name, field in FIELDS.items() if field.shared
    }


def test_configs_and_paper_differ_where_the_default_config_says_so():
    """Its comments mark deviations with "paper:" and the paper's value."""
    unlike = differences.unlike(differences.fields_of(default.get_config().to_dict()))
    assert list(unlike.values()) == ["data.alignment = clip (paper: per_frame)"]


def test_there_is_one_table():
    """No other file lists fields again: eight did, and a new field was forgotten in some."""
    listed = {}
    for path in [p for folder in ("mol_jax", "launch") for p in (ROOT / folder).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict | ast.Tuple | ast.List | ast.Set):
                parts = node.keys + node.values if isinstance(node, ast.Dict) else node.elts
                names = {part.value for part in parts if isinstance(part, ast.Constant)}
                if len(names & set(FIELDS)) > 5:
                    listed.setdefault(path.name, []).append(node.lineno)
    assert list(listed) == ["fields.py"] and len(listed["fields.py"]) == 1


def test_fields_are_read_without_jax():
    code = "import sys, mol_jax.settings; print(*{'jax', 'flax', 'tensorflow'} & set(sys.modules))"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "\n"


WRONG = {
    "seeds": [(), (0, 0), (-1,), 3, ("a",)],
    "data.frames": [3, 9, 0, "8"],
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
    "data.crop": [0, 100, 96.0],
    "model.width": [8, 100],
    "model.neighbours": [0, 2.0],
    "model.fcc": ["v"],
    "model.graph": ["pixels", False],
    "model.edge": ["thrice", 2],
    "model.f5c": ["both", True],
    "model.fusion": ["mean"],
    "model.flow_width": [0.0, -1.0, 5.0],
    "model.landmark_start": ["mean", True],
    "model.dropout": [1.0, -0.1, float("nan")],
    "model.dtype": ["float16"],
    "model.lambda_flow": [-1.0, float("inf"), float("nan")],
    "loss.label_smoothing": [1.0],
    "augment.crop_jitter": [1.1, -0.1],
    "augment.flip_probability": [2.0],
    "optim.learning_rate": [0.0, -1e-3, float("nan"), "fast"],
    "optim.schedule": ["linear", ""],
    "optim.warmup": [-1, 2.5, True],
    "optim.final_share": [-0.1, 1.5, float("nan")],
    "optim.name": ["adamw", "", None],
    "optim.l2": [-1e-4, 11.0, float("nan"), "1e-4"],
    "loss.center": [-0.1, float("nan"), "0.003", None],
    "loss.triplet": [-1.0, float("inf")],
    "loss.triplet_margin": [-0.1, 2.1, float("nan")],
    "loss.cosface": [-1.0, 1e7],
    "loss.cosface_scale": [0.0, -30.0, 1e4],
    "loss.cosface_margin": [-0.35, 3.0, float("nan")],
    "data.apex_source": ["apex", "", "Middle", 1],
    "data.magnify": [-1, 101, 2.5, True, "8"],
    "optim.momentum": [-0.9, 1.0, float("nan"), True],
    "train.steps": [0, -5, 1.5, True],
    "train.batch_size": [0, 1],
    "predict.batch_size": [0],
    "runtime.loop": ["python"],
    "init.weights": [None, 3],
    "init.fresh": ["head", (3,), ("",), ("a", "a"), ("a/",), ("a b",)],
    "init.rates": ["a:0.1", ("a",), ("a:0",), ("a:-1",), ("a:nan",), ("a:x",), (":1",)],
    "init.frozen": [("/a",), (None,), ("a:0.1",)],
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
    assert settings.aligned_size(tiny.config(**{"data.crop": 128})) == 144
    assert settings.aligned_size(tiny.config()) == 72


def test_the_largest_motion_is_the_generators():
    assert LARGEST_MOTION == LARGEST
