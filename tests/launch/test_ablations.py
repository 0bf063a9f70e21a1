"""The ablations' configs: what each changes, and that its network is built."""

import importlib
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from configs import casme2
from mol_jax import settings
from mol_jax.paper.mol.tables import TABLES
from mol_jax.training.program import make_program

FOLDER = Path(__file__).parents[2] / "configs" / "ablations"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
# What sets each apart from configs/casme2.py.
CHANGES = {
    "f5c_2": {"model.num_f5c": 2},
    "f5c_3": {"model.num_f5c": 3},
    "fcc_h": {"model.fcc": "horizontal"},
    "fcc_v": {"model.fcc": "vertical"},
    "flow_only": {"tasks.mer": False, "tasks.landmarks": False},
    "frames_16": {"data.frames": 16},
    "frames_2": {"data.frames": 2},
    "frames_4": {"data.frames": 4},
    "fusion_add": {"model.fusion": "add"},
    "fusion_all": {"model.fusion": "all"},
    "fusion_concat_channels": {"model.fusion": "concat_channels"},
    "fusion_first": {"model.fusion": "first"},
    "fusion_last": {"model.fusion": "last"},
    "fusion_subtract": {"model.fusion": "subtract"},
    "landmarks_only": {"tasks.mer": False, "tasks.flow": False},
    "no_ccc": {"model.ccc": False},
    "no_f5c": {"model.num_f5c": 0},
    "no_fcc": {"model.fcc": "none"},
    "no_flow": {"tasks.flow": False},
    "no_flow_no_landmarks": {"tasks.flow": False, "tasks.landmarks": False},
    "no_landmarks": {"tasks.landmarks": False},
    "no_mer": {"tasks.mer": False},
    "transformer": {"model.fcc": "transformer"},
}


def load(name: str):
    return importlib.import_module(f"configs.ablations.{name}")


def test_every_config_is_listed_here():
    assert sorted(CHANGES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_changes_these_fields_and_no_other(name):
    config, base = load(name).get_config(), settings.flatten(casme2.get_config())
    settings.check(config)
    flat = settings.flatten(config)
    assert {field: flat[field] for field in flat if flat[field] != base[field]} == CHANGES[name]


@pytest.mark.parametrize("name", NAMES)
def test_its_text_says_what_it_changes_and_how_to_run_it(name):
    module = load(name)
    assert module.get_config.__doc__.endswith(f"with {' and '.join(CHANGES[name])} changed.")
    assert f"--config=configs/ablations/{name}.py\n" in module.__doc__


@pytest.mark.parametrize("name", NAMES)
def test_its_text_names_its_tables_and_the_papers_figures(name):
    """Of every table that has a row of it, and every figure of that row."""
    text = load(name).__doc__
    rows = {t.number: r for t in TABLES.values() for r in t.rows if r.config == f"ablations/{name}"}
    assert set(re.findall(r"\b[IVX]+\b", text.partition("(")[2].partition(")")[0])) == set(rows)
    figures = [figure for row in rows.values() for figure in row.figures.values()]
    assert set(re.findall(r"\d+\.\d+", text)) == set(figures)


@pytest.mark.parametrize("name", NAMES)
def test_its_network_has_the_outputs_of_its_tasks(name):
    config = load(name).get_config()
    t, size = config.data.frames, config.data.crop
    model = make_program(config, num_classes=5).network.module
    keys = {"params": jax.random.key(0), "dropout": jax.random.key(1)}

    def outputs(frames):
        return model.init_with_output(keys, frames, train=False, dropout=0.0)[0]

    out = jax.eval_shape(outputs, jax.ShapeDtypeStruct((2, t, size, size), jnp.float32))
    tasks = config.tasks
    assert (out.logits.shape if tasks.mer else out.logits) == ((2, 5) if tasks.mer else None)
    flow = (2, t - 1, size, size, 2) if tasks.flow else None
    assert (out.flow.shape if tasks.flow else out.flow) == flow
    landmarks = (2, t - 1, 68, 2) if tasks.landmarks else None
    assert (out.landmarks.shape if tasks.landmarks else out.landmarks) == landmarks


@pytest.mark.parametrize(
    ("name", "base", "changes"),
    [
        ("casme2_3class", "casme2", {"data.view": "3class_megc2019"}),
        ("casme2_3class_wide", "casme2", {"data.view": "3class_wide"}),
        ("samm_3class", "samm", {"data.view": "3class"}),
        (
            "samm_to_smic",
            "cross",
            {"data.view": "samm/3class+smic/3class", "protocol.train": ("samm",)},
        ),
    ],
)
def test_the_other_configs_of_the_tables(name, base, changes):
    config = importlib.import_module(f"configs.{name}").get_config()
    settings.check(config)
    before = settings.flatten(importlib.import_module(f"configs.{base}").get_config())
    flat = settings.flatten(config)
    assert {field: flat[field] for field in flat if flat[field] != before[field]} == changes
