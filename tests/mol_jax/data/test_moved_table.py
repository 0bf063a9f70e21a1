"""The table of disturbed clips against one that is loaded of records built of such clips."""

import dataclasses

import jax
import numpy as np
import pytest

from mol_jax.data import load
from mol_jax.data.clips import Batch
from mol_jax.data.disturbed import Disturbance, disturbed
from mol_jax.data.moved import Shift
from mol_jax.data.moved_table import moved_table, shown_frames
from mol_jax.data.row import record_settings
from mol_jax.data.seen import seen
from mol_jax.data.spotting import SPOTTERS
from mol_jax.errors import UserError
from mol_jax.networks.mol import kind
from mol_jax.networks.network import Facts
from tests.mol_jax import tiny
from tests.mol_jax.moved import built

KIND = dataclasses.replace(kind.KIND, targets=())  # as if flow and landmarks were looked at
BOTH = dataclasses.replace(KIND, reads=lambda config: ("frames", "key_frames"))
ALL = {"model.network": f"{__name__}:KIND"} | tiny.MOL
DIS = {"data.flow": "dis"}  # which takes a tenth of the time
FOUR = {"data.frames": 4} | DIS
CNN_LSTM = FOUR | {"model.network": "cnn_lstm", "augment.crop_jitter": 0.0}
BUILDS = {
    "two frames": ALL | DIS,
    "even": ALL | FOUR,
    "interpolated": ALL | FOUR | {"data.sampling": "tim"},
    "phases": ALL | FOUR | {"data.phases": 3},
    "scaled by subject": ALL | FOUR | {"data.normalisation": "subject"},
    "a sequence": CNN_LSTM,
}


def config_of(**changes):
    """Returns a tiny config of the records."""
    return tiny.config(**{"data.name": "synthetic", "data.view": "3class_naive"} | changes)


def served(monkeypatch, config, place, *how):
    """Returns the dataset of the records that a config reads; how: of `built.records_of`."""
    built.serve(monkeypatch, built.records_of(record_settings(config), *how))
    return load.load(config, place)


def equal(table, other) -> bool:
    """Returns whether two tables of clips are one to the bit."""
    leaves, others = jax.tree.leaves(table), jax.tree.leaves(other)
    return all(map(np.array_equal, leaves, others)) and len(leaves) == len(others)


def later(record):
    """Returns a record from its third frame on, the apex of which is the seventh."""
    return record | {key: record[key][2:] for key in ("frames", "landmarks", "frame_numbers")}


DISTURBED = {
    "fewer frames": (Disturbance(every=4), lambda one: disturbed(one, Disturbance(every=4))),
    "JPEG": (Disturbance(quality=30), lambda one: disturbed(one, Disturbance(quality=30))),
    "a later onset": (Disturbance(Shift(onset=0.3)), later),
}


@pytest.mark.parametrize("name", BUILDS)
def test_it_is_what_is_loaded_of_records_of_such_clips(name, monkeypatch, tmp_path):
    config = config_of(**BUILDS[name])
    dataset = served(monkeypatch, config, tmp_path)
    table, shown = moved_table(config, tmp_path, dataset, Disturbance())
    assert equal(table, dataset.table), "undisturbed"
    assert shown == shown_frames(config, tmp_path, dataset, Shift())
    every = [moved_table(config, tmp_path, dataset, how)[0] for how, _ in DISTURBED.values()]
    for found, (key, (_, change)) in zip(every, DISTURBED.items(), strict=True):
        expected = served(monkeypatch, config, tmp_path, change).table
        assert equal(found, expected), key
        assert not equal(expected, dataset.table), key


def test_flow_is_found_by_another_program_where_it_is_read(monkeypatch, tmp_path):
    config, how = config_of(**CNN_LSTM), Disturbance(flow="farneback")
    dataset = served(monkeypatch, config, tmp_path)
    table, _ = moved_table(config, tmp_path, dataset, how)
    assert equal(table, served(monkeypatch, config, tmp_path, dict, "farneback").table)
    assert not equal(table, dataset.table)


def test_what_mol_is_only_taught_stays_as_it_was(monkeypatch, tmp_path):
    config = config_of(**FOUR)
    dataset = served(monkeypatch, config, tmp_path)
    table, _ = moved_table(config, tmp_path, dataset, Disturbance(offset=0.1))
    assert table.flow is dataset.table.flow and table.landmarks is dataset.table.landmarks
    assert (table.frames != dataset.table.frames).any()
    frames = table.frames[:2]
    assert tiny.program().network.inputs(Batch(frames, None, None, None), Facts(None)) is frames


@pytest.mark.parametrize(("source", "at"), [("middle", 5), ("spotted_flow", 8)])
def test_another_apex_is_shown(source, at, monkeypatch, tmp_path):
    """Of a sample of two frames, which has the apex."""
    monkeypatch.setitem(SPOTTERS, "spotted_flow", lambda *_: 8)
    config = config_of(**DIS)
    dataset = served(
        monkeypatch, config, tmp_path, lambda one: one | {"apex": one["frame_numbers"][2]}
    )
    table, shown = moved_table(config, tmp_path, dataset, Disturbance(source=source))
    for row, name in enumerate(dataset.names):
        record = next(one for one in built.records() if one["clip"] == name.clip)
        np.testing.assert_array_equal(table.frames[row], record["frames"][[0, at], ..., 0])
        assert shown[row].apex == record["frame_numbers"][at]
    assert (table.frames[:, 1] != dataset.table.frames[:, 1]).any()


def test_two_apexes_are_not_disturbed_as_one(monkeypatch, tmp_path):
    """The sample that is built has the annotated one, whatever recipes are made of."""
    changes = ALL | DIS | {"model.network": f"{__name__}:BOTH"}
    config = config_of(**changes | {"data.apex_source": "middle"})
    dataset = served(monkeypatch, config, tmp_path)
    with pytest.raises(UserError, match=r"by data\.apex_source=middle, so which of both"):
        moved_table(config, tmp_path, dataset, Disturbance())
    config.data.apex_source = "annotated"
    table, _ = moved_table(config, tmp_path, served(monkeypatch, config, tmp_path), Disturbance())
    assert equal(table, load.load(config, tmp_path).table)


def test_what_a_network_reads_of_a_clip_is_known():
    ststnet = {"model.network": "ststnet", "augment.crop_jitter": 0.0}
    assert seen(config_of()) == ("annotated", ())
    assert seen(config_of(**FOUR)) == ("", ())
    assert seen(config_of(**ALL | FOUR)) == ("", ("dis",))
    assert seen(config_of(**CNN_LSTM | {"data.flow": "tvl1"})) == ("", ("tvl1",))
    assert seen(config_of(**ststnet | {"data.apex_source": "middle"})) == ("middle", ("tvl1",))
