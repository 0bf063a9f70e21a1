"""configs/folder.py and folder_small.py, and the commands of the README that name them."""

import importlib
import re
from pathlib import Path

import pytest

import data_builders
from configs import default, folder, folder_small, synthetic
from data_builders.diagnosis.findings import Findings
from data_builders.doctor import Checkup, _conclude
from data_builders.views.find import get_view
from mol_jax import settings

README = Path(data_builders.__file__).parent / "folder" / "README.md"


@pytest.mark.parametrize(
    ("config", "base", "changed"),
    [
        (folder, default, {"data.name", "data.view"}),
        (folder_small, synthetic, {"protocol.name", "train.steps"}),
    ],
)
def test_the_configs_are_other_ones_on_every_label(config, base, changed):
    config = config.get_config()
    settings.check(config)
    assert (config.data.name, config.data.view) == ("folder", "all")
    assert get_view(config.data.name, config.data.view).name == "all"
    assert config.data.dir == default.get_config().data.dir, "where builds go unless told otherwise"
    fields, others = settings.flatten(config), settings.flatten(base.get_config())
    differ = {name for name in fields if fields[name] != others[name]}
    # What is drawn, and where to, is no matter of one's own recordings.
    own = {name for name in differ if name.startswith(("data.generate.", "data.dir"))}
    assert differ - own == changed | {"data.name", "data.view"}


def test_the_first_try_is_two_frames_small_crops_and_groups_of_people():
    config = folder_small.get_config()
    assert (config.data.frames, settings.aligned_size(config)) == (2, 72)
    assert (config.augment.crop_jitter, config.protocol.name) == (0.25, "kfold")


@pytest.mark.parametrize("run", ["try", "folder", "mine"])
def test_the_readmes_runs_have_fields_that_exist_and_a_build_that_fits(run):
    text = README.read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = re.findall(rf"python -m mol_jax\.main .*--workdir=runs/{run}\b.*", text)
    (name,) = re.findall(r"--config=configs/(\w+)\.py", line)
    config = importlib.import_module(f"configs.{name}").get_config()
    for name, value in re.findall(r"--config\.([a-z_.]+)=(\S+)", line):
        config.update_from_flattened_dict({name: _typed(config, name, value)})
    settings.check(config)
    size, frames = settings.aligned_size(config), config.data.frames
    options = f" --frames={frames} --size={size}" if (frames, size) != (8, 144) else ""
    assert f"data_builders.build folder --source=DIR --labels=labels.csv{options}\n" in text


def test_the_doctor_names_what_to_run_first(tmp_path):
    said = {name: [] for name in ("casme2", "folder")}
    for name, lines in said.items():
        checkup = Checkup(name=name, source=tmp_path, data_dir=tmp_path / "own data")
        _conclude(checkup, Findings(emit=lines.append, most=None))
    assert not any("folder_small" in line for line in said["casme2"])
    config, (build, run) = folder_small.get_config(), said["folder"][-2:]
    options = f" --frames={config.data.frames} --size={settings.aligned_size(config)} "
    assert "data_builders.build folder" in build and options in build
    assert "--config=configs/folder_small.py" in run
    assert f"'--data_dir={tmp_path}/own data'" in build
    assert f"'--config.data.dir={tmp_path}/own data'" in run


def _typed(config, name, value):
    return type(settings.flatten(config)[name])(value)
