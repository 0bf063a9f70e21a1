"""Every config that is shipped: it is allowed, its view exists, and its dataset can be named."""

import importlib
from pathlib import Path

import pytest

from configs import default
from configs.compat import release
from data_builders.views.find import get_view
from mol_jax import settings
from mol_jax.data import load

ROOT = Path(__file__).parents[3]
CONFIGS = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for path in (ROOT / "configs").rglob("*.py")
    if not {"sweeps", "pretrain", "spotting"} & {*path.parts} and path.stem != "__init__"
)
# What sets the release's run apart, one field for each choice.
RELEASE = {
    "data.view",
    "data.alignment",
    "data.normalisation",
    "data.phases",
    "train.phase",
    "predict.phases",
    "augment.flip_probability",
    "model.fcc",
    "model.graph",
    "model.edge",
    "model.f5c",
    "model.landmark_start",
    "optim.learning_rate",
    "optim.weight_decay",
    "model.lambda_flow",
    "model.lambda_landmark",
    "selection.leaky_oracle",
    "selection.every",
}


@pytest.mark.parametrize("name", CONFIGS)
def test_it_is_allowed_and_names_what_it_needs(name):
    module = importlib.import_module(name)
    config = module.get_config()
    settings.check(config)
    assert get_view(config.data.name, config.data.view).classes is not None
    assert load.build_name(config).startswith(f"t{config.data.frames}_")
    assert module.__doc__ and config.is_locked


def test_the_releases_choices_are_a_field_each():
    flat, base = (settings.flatten(module.get_config()) for module in (release, default))
    assert {name for name in flat if flat[name] != base[name]} == RELEASE


@pytest.mark.parametrize("name", sorted(RELEASE - {"selection.every", "selection.leaky_oracle"}))
def test_each_of_the_releases_choices_can_be_taken_back(name):
    config = release.get_config()
    with config.unlocked():
        config.update_from_flattened_dict({name: settings.flatten(default.get_config())[name]})
        if name == "data.phases":  # of which the other two make use
            config.train.phase = config.predict.phases = "even"
    settings.check(config)
