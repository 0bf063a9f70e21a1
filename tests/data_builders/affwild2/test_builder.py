"""The whole path: tree, doctor, build, and the table that training reads."""

import json
import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from configs.pretrain import affwild2 as affwild2_config
from data_builders import build as command
from data_builders import doctor
from data_builders.affwild2 import affwild2_dataset_builder
from data_builders.affwild2.classes import EIGHT
from data_builders.affwild2.cutting import Rule
from data_builders.affwild2.views import VIEWS
from data_builders.diagnosis.findings import Findings
from data_builders.records.builder import prepare
from data_builders.records.load import open_dataset
from data_builders.records.record import RecordSettings
from data_builders.synthetic.look_alikes import affwild2
from mol_jax import settings
from mol_jax.data import load
from mol_jax.data.split import make_folds
from mol_jax.errors import UserError
from mol_jax.pretraining import built as built_source
from mol_jax.pretraining import release
from mol_jax.pretraining.held_out import held_out
from mol_jax.settings import pretraining
from tests.mol_jax import tiny

SMALL = {"train": 2, "validation": 1, "blocks": 3, "block": 18}


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Three videos with all eight labels."""
    root = tmp_path_factory.mktemp("affwild2") / "raw"
    return affwild2.write_tree(root, **SMALL, faces=False)


@pytest.fixture(scope="module")
def built(raw, tmp_path_factory):
    from tests.data_builders.conftest import FixedDetector

    folder = tmp_path_factory.mktemp("tfds")
    command.build(
        *("affwild2", raw),
        **{"data_dir": folder, "frames": 2, "size": 72, "flow": "dis", "workers": 1},
        make_detector=FixedDetector,
    )
    return folder


def test_records_are_clips_of_the_videos(built):
    records, metadata = open_dataset("affwild2", built, "t2_s72_clip_dis")
    assert len(records) == metadata["clips"] == 9 and metadata["subjects"] == 3
    assert metadata["generated"] is True and metadata["skipped"] == []
    for record in records:
        assert record["offset"] - record["onset"] == 15 and record["apex"] == -1
        assert record["sampled"].tolist() == [0, 7], "the first frame and the middle one"
        assert record["clip"] == f"{record['clip'].split('_')[0]}_{record['onset']:05d}"
    assert {record["clip"].split("_")[0] for record in records} == {"train", "validation"}


def test_the_metadata_say_how_the_videos_were_cut(built):
    metadata = open_dataset("affwild2", built, "t2_s72_clip_dis")[1]
    cut = metadata["cut"]
    assert (cut["length"], cut["stride"], cut["gap"], cut["most"]) == (16, 32, 1, 4)
    assert cut["splits"]["train"]["clips"] + cut["splits"]["validation"]["clips"] == 9
    assert metadata["notes"][0] == f"cut by the rule: {cut['rule']}"
    assert "notes" not in cut, "they are in the metadata already"
    assert metadata["annotation"]["file"] == "6th ABAW Annotations/EXPR_Recognition_Challenge"
    (info,) = built.glob("affwild2/*/*/dataset_info.json")
    described = json.loads(info.read_text())
    assert described["description"].startswith("# Aff-Wild2") and "kollias" in described["citation"]


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_training_reads_it_through_every_view(built, view):
    config = tiny.config(**{"data.name": "affwild2", "data.view": view, "data.flow": "dis"})
    dataset = load.load(config, built)
    kept = {"8class": 9, "7class": 8, "3class": 6}[view]
    assert len(dataset.names) == dataset.fingerprint["n_clips"] == kept
    assert min(dataset.fingerprint["class_counts"].values()) > 0
    assert dataset.table.frames.shape == (kept, 2, 72, 72)


def test_a_fold_never_has_one_recording_on_both_sides(built):
    config = tiny.config(**{"data.name": "affwild2", "data.view": "7class", "data.flow": "dis"})
    dataset = load.load(config, built)
    folds = make_folds(config, dataset)
    assert len(folds) == len({name.person for name in dataset.names})
    for fold in folds:
        assert len({dataset.names[row].person for row in fold.test}) == 1


def seen_by_weights(train, held):
    """Returns whom the card of weights names, were the clips of real people."""
    out = held_out(held, measures=(), mer=True, frames=2, seed=0, workers=0, fingerprint={})
    room = SimpleNamespace(source=train, held_out=out, fingerprint={"generated": False})
    return release.people(room)


def test_pre_training_reads_by_row_what_a_study_reads_at_once(built):
    config = affwild2_config.get_config()
    with config.unlocked():
        small = {"data.frames": 2, "data.crop": 64, "data.flow": "dis", "pretrain.held_out": 1}
        config.update_from_flattened_dict(small)
    settings.check(config, pretraining.FIELDS)
    pretraining.check(config)
    train, held, generated = built_source.built(config, built)
    assert generated and len(train) + len(held) == 8 and train.classes == EIGHT[:7]
    assert not {*train.people} & {*held.people} and len(held.people) == 1
    dataset = load.load(config, built)
    table = dataset.table
    place = {int(number): row for row, number in enumerate(table.clip_id)}
    for source in (train, held):
        for number, made in enumerate(map(source.__getitem__, range(len(source)))):
            row = place.pop(int(made["clip_id"]))
            assert made["label"] == table.label[row]
            assert source.name(number) == dataset.names[row]
            for name in ("frames", "flow", "landmarks"):
                np.testing.assert_array_equal(made[name], getattr(table, name)[row])
    assert not place, "every clip is in one of both"
    assert seen_by_weights(train, held) == tuple(sorted({one.person for one in dataset.names}))
    again = pickle.loads(pickle.dumps(train))
    np.testing.assert_array_equal(again[0]["frames"], train[0]["frames"])
    with config.unlocked():
        config.pretrain.held_out = 3
    with pytest.raises(UserError, match=r"held_out is 3, but affwild2 has 3 people"):
        built_source.built(config, built)


def test_the_views_are_those_of_the_release():
    classes = {view.name: view.classes for view in VIEWS}
    order = ("neutral", "anger", "disgust", "fear", "happiness", "sadness", "surprise", "other")
    assert classes["8class"] == order and classes["7class"] == order[:7]
    (three,) = [view for view in VIEWS if view.name == "3class"]
    left_out = [
        e
        for e in order
        if three.label({"emotion": e, "subject": "v", "onset": 1, "apex": -1}) is None
    ]
    assert left_out == ["neutral", "other"]
    assert all(view.expected_clips is view.expected_subjects is None for view in VIEWS)


def test_another_rule_is_an_option_of_the_builder(raw, tmp_path, detector):
    rule = Rule(length=8, stride=8, most=1)
    options = affwild2_dataset_builder.Options(make_detector=detector, rule=rule)
    settings = RecordSettings(2, 72, flow="dis")
    prepare(affwild2_dataset_builder.Builder, settings, raw, tmp_path, options)
    records, metadata = open_dataset("affwild2", tmp_path, settings.config_name)
    assert metadata["cut"]["length"] == 8 and len(records) == 9
    assert {record["offset"] - record["onset"] for record in records} == {7}


def test_the_doctor_says_what_a_build_makes_of_it(raw, detector):
    lines = []
    checkup = doctor.Checkup(name="affwild2", source=raw, sample=3, make_detector=detector)
    code = doctor.diagnose(checkup, Findings(emit=lines.append))
    text = "\n".join(lines)
    assert code == 1  # the folder of the test split has no labels
    assert "ok    9 clips of 3 subjects" in text
    assert "odd   1 clip folder without annotation" in text
    assert "ok    8class: 9 clips, 3 subjects" in text and "bad" not in text


def test_a_damaged_image_is_named(tree, tmp_path, detector):
    tree.add("video1", [0] * 16)
    image = tree.images / "video1/00003.jpg"
    image.write_bytes(image.read_bytes()[:40])
    options = affwild2_dataset_builder.Options(make_detector=detector)
    with pytest.raises(UserError, match=r"00003\.jpg is damaged or no image \(40 bytes\)"):
        prepare(
            affwild2_dataset_builder.Builder, RecordSettings(2, 72), tree.root, tmp_path, options
        )


def test_no_clip_at_all(tree, tmp_path, detector):
    tree.add("video1", [-1] * 16)
    options = affwild2_dataset_builder.Options(make_detector=detector)
    with pytest.raises(UserError, match=r"no clip could be built.*video1/train: it has no 16 fr"):
        prepare(
            affwild2_dataset_builder.Builder, RecordSettings(2, 72), tree.root, tmp_path, options
        )


@pytest.mark.slow
def test_drawn_faces_are_found_in_crops_of_112_px(tmp_path):
    raw = affwild2.write_tree(tmp_path / "raw", train=1, validation=1, blocks=1, block=18)
    command.build("affwild2", raw, data_dir=tmp_path, frames=2, size=72, flow="dis", workers=1)
    records, metadata = open_dataset("affwild2", tmp_path, "t2_s72_clip_dis")
    assert metadata["missed_frames"] == 0 and len(records) == 2
    for record in records:
        assert record["frames"].std() > 20 and abs(record["flow"]).max() > 0.1
