import importlib
import json

import pytest

from data_builders.records.builder import BuildOptions, prepare
from data_builders.records.load import open_dataset
from data_builders.records.record import RecordSettings
from data_builders.smic import layout
from data_builders.synthetic.look_alikes import smic
from mol_jax.errors import UserError

SETTINGS = RecordSettings(2, 72)


def build(name, source, data_dir, detector):
    module = importlib.import_module(f"data_builders.smic.{name}_dataset_builder")
    options = BuildOptions(make_detector=detector)
    path = prepare(module.Builder, SETTINGS, source, data_dir, options)
    assert path.relative_to(data_dir).parts[0] == name
    assert json.loads((path / "dataset_info.json").read_text())["description"].startswith("# SMIC")
    return open_dataset(name, data_dir, SETTINGS.config_name)


@pytest.fixture
def source(tmp_path):
    parts = ("raw", "vis", "nir", "long", "vis_long", "nir_long")
    root = tmp_path / "SMIC"
    return smic.write_tree(root, faces=False, frames=(4, 5), subjects=(15,), clips=3, parts=parts)


@pytest.mark.parametrize("name", [*layout.CAMERAS, *layout.LONG_CAMERAS])
def test_each_set_is_built_under_its_own_name(source, tmp_path, detector, name):
    records, metadata = build(name, source, tmp_path / "tfds", detector)
    found = [(r["dataset"], r["person"], r["clip"], r["emotion"], r["apex"]) for r in records]
    assert found == [
        (name, "smic/15", "s15_ne_01", "negative", -1),
        (name, "smic/15", "s15_po_01", "positive", -1),
        (name, "smic/15", "s15_sur_01", "surprise", -1),
    ]
    assert metadata["dataset"] == name and metadata["generated"] is True
    named = {
        **{name: f"SMIC_all_raw/{camera}" for name, camera in layout.CAMERAS.items()},
        "smic_hs_e": "SMIC-HS-E_annotation_2019.xlsx",
        "smic_vis_e": "SMIC-VIS-E_annotation.xlsx",
        "smic_nir_e": "SMIC-NIR-E_annotation.xlsx",
    }
    assert metadata["annotation"]["file"] == named[name]
    assert len(metadata["annotation"]["sha256"]) == 64


def test_the_two_sampled_frames_are_the_first_and_the_middle(source, tmp_path, detector):
    records, _ = build("smic", source, tmp_path / "tfds", detector)
    for record in records:
        count = len(record["frame_numbers"])
        assert record["sampled"].tolist() == [0, (count - 1) // 2]


def test_a_truncated_image_is_named(source, tmp_path, detector):
    image = next(source.rglob("HS/s15/micro/positive/s15_po_01/*.bmp"))
    image.write_bytes(image.read_bytes()[:20])
    with pytest.raises(UserError, match=rf"{image.name} is damaged or no image \(20 bytes\)"):
        build("smic", source, tmp_path / "tfds", detector)
