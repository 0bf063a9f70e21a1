"""The builders through TFDS itself: by name, by class, and with its command."""

import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow_datasets as tfds

from data_builders.datasets import BUILDERS
from data_builders.records.builder import BuildOptions
from data_builders.records.load import open_dataset
from data_builders.synthetic.look_alikes import samm
from tests.data_builders.conftest import FixedDetector

CONFIG = "t2_s144_clip"
COMMAND_NEEDS = ("tensorflow", "apache_beam", "mlcroissant")  # `tfds`, not its library


def write(tmp_path, *, faces):
    """One subject's two clips."""
    root = tmp_path / "SAMM"
    return samm.write_tree(root, subjects=("006",), clips=2, frames=(3, 4), faces=faces)


@pytest.mark.parametrize("name", BUILDERS)
def test_every_builder_has_its_name_in_tfds(name):
    module = importlib.import_module(BUILDERS[name])
    assert tfds.builder_cls(name) is module.Builder


@pytest.mark.parametrize("name", BUILDERS)
def test_every_builder_lies_where_the_command_looks(name):
    """`tfds build FILE` imports FOLDER.FILE, and names the dataset after the file."""
    file = Path(importlib.import_module(BUILDERS[name]).__file__)
    assert file.name == f"{name}_dataset_builder.py"
    # Its folder is a package, which `tfds build` imports without the one above it.
    assert (file.parent / "__init__.py").is_file()
    text = file.read_text(encoding="utf-8")
    assert "from ." not in text and "\nclass Builder(" in text


def test_tfds_builds_by_name_and_what_it_built_can_be_opened(tmp_path):
    importlib.import_module(BUILDERS["samm"])
    source = write(tmp_path, faces=False)
    builder = tfds.builder(
        f"samm/{CONFIG}",
        data_dir=tmp_path / "tfds",
        options=BuildOptions(make_detector=FixedDetector),
    )
    download = tfds.download.DownloadConfig(manual_dir=source)
    builder.download_and_prepare(download_config=download)
    records, metadata = open_dataset("samm", tmp_path / "tfds", CONFIG)
    assert [record["subject"] for record in records] == ["006", "006"]
    assert metadata["clips"] == 2 and metadata["generated"] is True
    again = tfds.data_source(f"samm/{CONFIG}", data_dir=tmp_path / "tfds", download=False)
    assert len(again["train"]) == 2


@pytest.mark.slow
@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in COMMAND_NEEDS),
    reason=f"the command tfds needs {', '.join(COMMAND_NEEDS)}",
)
def test_the_command_builds_in_a_datasets_folder(tmp_path):
    source = write(tmp_path, faces=True)
    module = importlib.import_module(BUILDERS["samm"])
    command = [sys.executable, "-m", "tensorflow_datasets.scripts.cli.main", "build"]
    command += [f"--manual_dir={source}", f"--data_dir={tmp_path / 'tfds'}", f"--config={CONFIG}"]
    folder = Path(module.__file__).parent
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    records, metadata = open_dataset("samm", tmp_path / "tfds", CONFIG)
    assert len(records) == metadata["clips"] == 2
