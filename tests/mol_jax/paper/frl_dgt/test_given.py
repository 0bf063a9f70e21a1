"""What a run has other than FRL-DGT's paper gives is named, and nothing that decides its row."""

import importlib

import pytest

from configs.networks import frl_dgt
from mol_jax import settings
from mol_jax.paper.frl_dgt import given
from mol_jax.paper.frl_dgt.tables import TABLES

CONFIGS = sorted({row.config for table in TABLES.values() for row in table.rows if row.config})


@pytest.mark.parametrize("config", CONFIGS)
def test_the_configs_have_what_the_paper_gives(config):
    recorded = importlib.import_module(f"configs.{config.replace('/', '.')}").get_config()
    gate = {"model.gate": "model.gate = 1 (paper: 1e-06)"}
    assert given.unlike(recorded.to_dict()) == (gate if config.endswith("m3_none") else {})


@pytest.mark.parametrize("name", given.GIVEN)
def test_every_other_value_is_named_with_the_papers(name):
    recorded = frl_dgt.get_config()
    assert settings.flatten(recorded)[name] == given.GIVEN[name]
    others = {"optim.schedule": "constant", "data.apex_source": "middle"}
    recorded.update_from_flattened_dict({name: others.get(name, 7)})
    said = given.unlike(recorded.to_dict())
    assert list(said) == [name] and said[name].startswith(f"{name} = ")


def test_a_field_that_was_not_recorded_is_left_out():
    assert given.unlike({"model": {"alpha": 0.1}}) == {
        "model.alpha": "model.alpha = 0.1 (paper: 0.2)"
    }
