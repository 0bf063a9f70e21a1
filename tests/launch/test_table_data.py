"""Whether datasets are built, and the generated ones of --size=small."""

import importlib

import pytest

from data_builders.views.find import get_view
from launch import table_data
from mol_jax.data import load as loading
from mol_jax.errors import UserError
from mol_jax.paper.papers import PAPERS

TABLES = [table for paper in PAPERS.values() for table in paper.tables.values()]
CONFIGS = sorted({row.config for table in TABLES for row in table.rows if row.config})


FOUR = "frl_dgt/casme2_4class"


def load(config: str):
    return importlib.import_module(f"configs.{config.replace('/', '.')}").get_config()


@pytest.mark.parametrize("config", CONFIGS)
def test_every_row_reads_datasets_that_can_be_drawn(config):
    assert set(table_data.datasets(load(config))) <= set(table_data.DRAW)


def test_a_dataset_that_is_not_built_has_its_command(tmp_path):
    config = load("composite")
    config.data.dir = str(tmp_path)
    said = table_data.unbuilt(config)
    assert "dataset casme2 (t8_s144_clip) is not built" in said
    assert "python -m data_builders.build casme2" in said


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "raw").write_text("a file where the folder is to be")
    with pytest.raises(UserError, match="cannot write"):
        table_data.ensure_generated([load("casme2")], tmp_path)


def test_of_two_that_draw_one_look_alike_the_later_takes_the_first_ones(tmp_path, monkeypatch):
    raw, built = tmp_path / "raw" / "casme2", []

    def draw(root):
        root.mkdir()
        (root / "clip").write_text("ours")
        raw.mkdir()  # the other one is done first
        (raw / "clip").write_text("theirs")

    monkeypatch.setitem(table_data.DRAW, "casme2", draw)
    monkeypatch.setattr(table_data, "build", lambda name, folder, **how: built.append(folder))
    table_data.ensure_generated([load("casme2")], tmp_path)
    assert built == [raw] and (raw / "clip").read_text() == "theirs"
    assert [path.name for path in raw.parent.iterdir()] == ["casme2"]


def test_a_drawing_that_cannot_be_moved_is_one_sentence(tmp_path, monkeypatch):
    def draw(root):
        root.mkdir()
        (tmp_path / "raw" / "casme2").write_text("a file in its place")

    monkeypatch.setitem(table_data.DRAW, "casme2", draw)
    monkeypatch.setattr(table_data, "build", None)
    with pytest.raises(UserError, match="cannot write"):
        table_data.ensure_generated([load("casme2")], tmp_path)


@pytest.mark.slow
def test_the_drawn_datasets_have_every_class_of_every_view(tmp_path, monkeypatch):
    """Built at two frames, which is quickest; the rows' other numbers of frames are built alike."""
    configs = [load(name) for name in ("casme2", "samm", "composite", FOUR)]
    for config in configs:
        config.data.frames, config.data.crop, config.data.dir = 2, 64, str(tmp_path)
        config.data.flow = "dis"
    table_data.ensure_generated(configs, tmp_path)
    for config in configs:
        assert table_data.unbuilt(config) is None
        found = loading.load(config, tmp_path)
        view = get_view(config.data.name, config.data.view)
        assert all(found.fingerprint["class_counts"][name] for name in view.classes)
        assert found.fingerprint["generated"]
    monkeypatch.setattr(table_data, "build", None)  # all is there: nothing is built again
    table_data.ensure_generated(configs, tmp_path)
