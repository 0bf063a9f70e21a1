"""A run stands beside the rows that are of what it trained, and beside no other."""

import importlib

import pytest

from configs import casme2, default
from mol_jax import settings
from mol_jax.paper.mol import matching_rows
from mol_jax.paper.mol.differences import fields_of
from mol_jax.paper.mol.row_settings import MOL, SETTINGS, is_of
from mol_jax.paper.mol.tables import TABLES

FIELDS = settings.declared("mol")

CONFIGS = sorted({row.config for table in TABLES.values() for row in table.rows if row.config})


def load(config):
    return importlib.import_module(f"configs.{config.replace('/', '.')}").get_config()


def fields(config=None, **changes):
    """Returns the fields of a config, of the paper's main run if none is named, with changes."""
    return fields_of((load(config) if config else casme2.get_config()).to_dict()) | changes


def printed(given):
    """Returns {("epe", ""): "0.650", ...}: metric, part of a composite, figure."""
    return {(one.metric, one.row.part): one.figure for one in matching_rows.figures(given)}


def test_every_config_of_the_tables_is_listed():
    assert set(CONFIGS) <= set(SETTINGS)


@pytest.mark.parametrize("config", SETTINGS)
def test_what_a_row_is_of_is_what_its_config_file_trains(config):
    given = fields(config)
    assert is_of(config, given)
    assert set(SETTINGS[config]) <= set(MOL)
    named = {name for name in SETTINGS[config] if SETTINGS[config][name] == MOL[name]}
    assert not named, "MOL's own values go without saying"


@pytest.mark.parametrize("config", CONFIGS)
def test_a_run_of_a_rows_config_stands_beside_exactly_its_figures(config):
    rows = [row for table in TABLES.values() for row in table.rows if row.config == config]
    expected = {(metric, row.part): text for row in rows for metric, text in row.figures.items()}
    assert printed(fields(config)) == expected
    numbers = {number for one in matching_rows.figures(fields(config)) for number in one.tables}
    assert numbers == {
        table.number
        for table in TABLES.values()
        for row in table.rows
        if row.config == config and row.figures
    }


@pytest.mark.parametrize(
    ("tasks", "dense"),
    [
        ("mer flow landmarks", {"epe": "0.650", "nme": "2.35", "failure_rate": "2.13"}),
        ("flow landmarks", {"epe": "0.839", "nme": "4.89", "failure_rate": "2.42"}),
        ("mer flow", {"epe": "0.972"}),
        ("mer landmarks", {"nme": "5.22", "failure_rate": "6.60"}),
        ("flow", {"epe": "1.145"}),
        ("landmarks", {"nme": "5.46", "failure_rate": "7.87"}),
        ("mer", {}),
    ],
)
def test_flow_and_landmarks_go_by_the_tasks(tasks, dense):
    on = {f"tasks.{task}": task in tasks.split() for task in ("mer", "flow", "landmarks")}
    found = printed(fields(**on))
    assert {metric: text for (metric, _), text in found.items() if metric in METRICS} == dense
    assert (("acc", "") in found) == on["tasks.mer"]


METRICS = ("epe", "nme", "failure_rate")


def test_composite_and_cross_runs_stand_beside_their_rows():
    composite = printed(fields("composite"))
    assert composite[("uf1", "")] == "87.79" and composite[("uar", "smic")] == "72.34"
    assert {part for _, part in composite} == {"", "casme2", "samm", "smic"}
    assert printed(fields("cross")) == {("acc", ""): "47.13", ("wf1", ""): "43.91"}
    assert printed(fields("samm_to_smic")) == {("acc", ""): "44.58", ("wf1", ""): "32.32"}


@pytest.mark.parametrize(
    "changes",
    [
        {"data.view": "my_map.csv"},
        {"data.view": "4class"},
        {"data.name": "folder", "data.view": "all"},
        {"data.name": "samm", "data.frames": 4},  # Table XIII is of CASME II
        {"data.name": "samm", "tasks.flow": False},  # as is Table VIII
        {"data.view": "3class_megc2019", "model.ccc": False},
        {"data.frames": 4, "model.num_f5c": 2},  # two rows at once are none
        {"model.num_f5c": 4},
        {"model.fusion": "concat_channels"},  # a row of ours, without a figure
        {"protocol.name": "kfold"},
        {"protocol.name": "lovo"},
        {"data.name": "composite", "data.view": "casme2/3class_naive+samm/3class"},
        {"data.name": "smic_nir", "data.view": "3class"},
    ],
)
def test_no_other_run_has_a_row(changes):
    assert matching_rows.figures(fields(**changes)) == []


def test_every_three_class_set_of_casme2_may_be_the_papers():
    views = ("3class_megc2019", "3class_naive", "3class_wide")
    assert {printed(fields(**{"data.view": view}))["acc", ""] for view in views} == {"91.26"}
    assert printed(fields(**{"data.view": "5class_release"}))["acc", ""] == "79.23"


def test_a_run_is_named_by_what_sets_it_apart():
    assert matching_rows.words(fields()) == "casme2 5class"
    changed = fields(**{"data.frames": 4, "model.fcc": "none"})
    assert matching_rows.words(changed) == "casme2 5class, t = 4, model.fcc = none"
    assert matching_rows.words(fields("cross")) == (
        "composite casme2/3class_megc2019+smic/3class, protocol.name = cross, "
        "protocol.train = casme2, protocol.test = smic"
    )


def test_a_run_without_a_field_that_decides_rows_is_named_without_it():
    other = fields_of({"model": {"network": "ststnet"}, "data": {"name": "samm", "view": "3class"}})
    assert "model.num_f5c" not in other
    assert matching_rows.words(other).startswith("samm 3class, ")
    assert "num_f5c" not in matching_rows.words(other)


def test_a_run_from_before_a_field_that_decides_rows_has_no_row():
    recorded = default.get_config().to_dict()
    del recorded["model"]["fusion"]
    assert matching_rows.figures(fields_of(recorded)) == []
    assert set(fields_of(recorded)) == set(FIELDS) == set(settings.flatten(default.get_config()))


@pytest.mark.parametrize("config", ["cross", "samm_to_smic"])
def test_a_union_may_be_written_either_way_round(config):
    given = fields(config)
    first, second = given["data.view"].split("+")
    turned = printed({**given, "data.view": f"{second}+{first}"})
    assert turned == printed(given) and turned
