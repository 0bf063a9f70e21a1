"""configs/folder.py, and the commands of the README that name it."""

import re
from pathlib import Path

import pytest

import data_builders
from configs import default, folder
from data_builders.views import get_view
from mol_jax import settings

README = Path(data_builders.__file__).parent / "folder" / "README.md"


def test_the_config_is_the_papers_on_every_label():
    config = folder.get_config()
    settings.check(config)
    assert get_view(config.data.name, config.data.view).name == "all"
    assert config.data.name == "folder"
    changed = {"data.name", "data.view"}
    fields, paper = settings.flatten(config), settings.flatten(default.get_config())
    assert {name for name in fields if fields[name] != paper[name]} <= changed


@pytest.mark.parametrize("run", ["try", "folder", "mine"])
def test_the_readmes_runs_have_fields_that_exist_and_a_build_that_fits(run):
    text = README.read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = re.findall(rf"python -m mol_jax\.main .*--workdir=runs/{run}\b.*", text)
    config = folder.get_config()
    for name, value in re.findall(r"--config\.([a-z_.]+)=(\S+)", line):
        config.update_from_flattened_dict({name: _typed(config, name, value)})
    settings.check(config)
    size, frames = settings.aligned_size(config), config.data.frames
    options = f" --frames={frames} --size={size}" if (frames, size) != (8, 144) else ""
    assert f"data_builders.build folder --source=DIR --labels=labels.csv{options}\n" in text


def _typed(config, name, value):
    return type(settings.flatten(config)[name])(value)
