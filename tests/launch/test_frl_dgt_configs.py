"""FRL-DGT's variants: what each config changes, and that its text has the paper's figures."""

import importlib
import re
from pathlib import Path

import pytest

from configs.networks import frl_dgt
from data_builders.views.find import get_view
from mol_jax import settings
from mol_jax.paper.frl_dgt.tables import TABLES

FOLDER = Path(__file__).parents[2] / "configs" / "frl_dgt"
SMALL = "small"  # a first run on generated clips, which is no row of the paper
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != SMALL)
_FOUR = {"data.name": "casme2", "data.view": "4class"}
_FIVE = {"data.name": "casme2", "data.view": "5class"}
_SEQUENCE = {"model.sequence": True, "train.batch_size": 5}
# What sets each apart from configs/networks/frl_dgt.py, which is M9.
CHANGES = {
    "m0": {"model.motion": "flow", "model.normalise": "none"},
    "m1": {"model.motion": "flow"},
    "m2": {"model.motion": "dynamic_image"},
    "m3": {"model.self_supervision": "clip"},
    "m3_none": {"model.self_supervision": "none", "model.gate": 1.0},
    "m4": {"model.fusion": "after"},
    "m5": {"model.regions": "grid"},
    "m6": {"model.full_face": False},
    "m7": {"model.local_fusion": False},
    "m8": {"model.global_fusion": False},
    "casme2_4class": _FOUR,
    "casme2_5class": _FIVE,
    "s_4class": _FOUR | _SEQUENCE,
    "s_5class": _FIVE | _SEQUENCE,
}


def load(name: str):
    return importlib.import_module(f"configs.frl_dgt.{name}")


def test_every_config_is_listed_here_and_has_a_row():
    rows = {row.config for table in TABLES.values() for row in table.rows if row.config}
    assert sorted(CHANGES) == NAMES
    assert rows == {"networks/frl_dgt", *(f"frl_dgt/{name}" for name in NAMES)}


@pytest.mark.parametrize("name", NAMES)
def test_it_changes_these_fields_and_no_other(name):
    config, base = load(name).get_config(), settings.flatten(frl_dgt.get_config())
    settings.check(config)
    flat = settings.flatten(config)
    assert {field: flat[field] for field in flat if flat[field] != base[field]} == CHANGES[name]


@pytest.mark.parametrize("name", NAMES)
def test_its_text_says_what_it_changes_how_to_run_it_and_what_is_printed(name):
    module = load(name)
    assert f"--config=configs/frl_dgt/{name}.py\n" in module.__doc__
    changed = re.search(r"with (\S+)(?: and (\S+))? changed\.$", module.get_config.__doc__)
    assert set(filter(None, changed.groups())) <= set(CHANGES[name])
    rows = [r for t in TABLES.values() for r in t.rows if r.config == f"frl_dgt/{name}"]
    figures = [figure for row in rows for figure in row.figures.values()]
    assert re.findall(r"\d\.\d{3}", module.__doc__) == figures


def test_the_small_one_is_a_row_of_nothing():
    settings.check(load(SMALL).get_config())
    assert all(row.config != f"frl_dgt/{SMALL}" for t in TABLES.values() for row in t.rows)


def test_the_class_sets_of_casme2_are_those_of_the_project():
    assert get_view("casme2", "4class").expected_clips == 255
    assert get_view("casme2", "5class").expected_clips == 246
