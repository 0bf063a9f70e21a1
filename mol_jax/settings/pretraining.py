"""The fields that pre-training alone has, config.pretrain, and what it has no use for.

A config of mol_jax.main has none of them. Their values and units stand in
configs/pretrain/generated.py, as those of all other fields do in configs/default.py.
"""

from typing import Any

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.config import aligned_size, flatten
from mol_jax.settings.fields import Field
from mol_jax.settings.find import find
from mol_jax.settings.rules import NAME, choice, integer, number

GROUP = "pretrain"
GENERATED = "generated"  # data.name of faces that are drawn while they are trained on
SMALLEST, LARGEST = 36, 576  # px, sides of an image that they are drawn at
VIEWS = ("3class", "5class")  # data.view of those
SCORES = ("uf1", "uar", "acc")  # names of pretrain.measure, beside the network's own measures

FIELDS: dict[str, Field] = {
    "pretrain.identities": Field(integer(1, 10**9), default=1000),
    "pretrain.clips": Field(integer(1, 10**6), default=4),
    "pretrain.seed": Field(integer(0, 2**32 - 1), default=0),
    "pretrain.flow": Field(choice("exact", "tvl1", "dis"), default="exact"),
    "pretrain.landmarks": Field(choice("exact", "dlib"), default="exact"),
    "pretrain.variety": Field(number(0.0, 2.0), default=1.0),
    "pretrain.easiest": Field(number(0.0, 1.0), default=1.0),
    "pretrain.held_out": Field(integer(1, 10**9), default=50),
    "pretrain.facts": Field(integer(1), default=64),
    "pretrain.every": Field(integer(1), default=100),
    "pretrain.measure": Field(NAME, default="uf1"),
    "pretrain.patience": Field(integer(0), default=0),
    "pretrain.workers": Field(integer(0, 512), default=1, free=True),
    "pretrain.ahead": Field(integer(1, 1024), default=4, free=True),
    "pretrain.keep": Field(number(0.0, 1e6), default=2.0, free=True),
}
# Of generated faces alone: of built clips, whoever built them has said all of this.
_DRAWN = ("identities", "clips", "seed", "flow", "landmarks", "variety", "easiest")

# What a study asks for and pre-training has no use for, each with the value that asks for nothing.
NEUTRAL: dict[str, Any] = {
    "protocol": {"name": "loso", "folds": 5, "train": (), "test": (), "only": ()},
    "selection": {"name": "fixed", "every": 0, "validation": 0.2, "leaky_oracle": False},
    "data": {
        "phases": 0,
        "normalisation": "fixed",
        "apex_source": "annotated",
        "allow_count_mismatch": False,
        "check_csv": "",
        "generate": {
            "subjects": 8,
            "clips": 9,
            "seed": 0,
            "emotions": ("happiness", "surprise", "disgust"),
            "amplitude": (1.0, 4.0),
        },
    },
    "train": {"sampler": "uniform", "phase": "even", "keep_weights": True},
    "predict": {"keep": (), "phases": "even"},
    "runtime": {"loop": "auto", "group": 1},
}
FROM: dict[str, Any] = {"init": {"weights": "", "fresh": (), "rates": (), "frozen": ()}}
_AS_DRAWN: dict[str, Any] = {"data.alignment": "clip", "data.flow": "tvl1", "data.sampling": "even"}
_AS_DRAWN |= {"data.magnify": 0, "data.dir": "data/tfds"}


def defaults() -> ConfigDict:
    """Returns config.pretrain as it is by default."""
    return ConfigDict({name.partition(".")[2]: field.default for name, field in FIELDS.items()})


def is_drawn(config: ConfigDict) -> bool:
    """Tells whether faces are drawn while they are trained on, and not read from a build."""
    return config.data.name == GENERATED


def check(config: ConfigDict) -> None:
    """Raises UserError for what pre-training does not do, of a config that is right otherwise."""
    network = config.model.network
    if find(network).method is not None:
        raise UserError(
            f"model.network is {network!r}, which is fitted at once to a fold; pre-training makes "
            "steps: give a network that does, as mol."
        )
    if len(config.seeds) > 1:
        raise UserError(
            f"seeds are {', '.join(map(str, config.seeds))}, but a pre-training is one; give one "
            f'seed, as --config.seeds="({config.seeds[0]},)", and each its own --workdir.'
        )
    why = "pre-training has one replica on one set of clips and no folds"
    _refuse(config, flatten(NEUTRAL), why)
    _refuse(config, flatten(FROM), "pre-training starts from nothing and trains every part alike")
    if is_drawn(config):
        _check_drawn(config)
    else:
        own = {f"pretrain.{name}": FIELDS[f"pretrain.{name}"].default for name in _DRAWN}
        _refuse(config, own, f"the clips of {config.data.name} are read as they were built")
    pretrain, train = config.pretrain, config.train
    if pretrain.every % train.log_every:
        raise UserError(
            f"pretrain.every is {pretrain.every}, which is no multiple of train.log_every "
            f"({train.log_every}); what is held out is predicted between two rows of history.csv."
        )
    if pretrain.every > train.steps:
        raise UserError(
            f"pretrain.every is {pretrain.every}, but there are only {train.steps} steps, so "
            "nothing would be validated; make it smaller or train.steps larger."
        )
    if pretrain.measure in SCORES and not config.tasks.mer:
        raise UserError(
            f"pretrain.measure is {pretrain.measure}, a score of classes, but tasks.mer is off; "
            "choose what the network is measured by, as epe or nme."
        )


def _check_drawn(config: ConfigDict) -> None:
    if config.data.view not in VIEWS:
        raise UserError(
            f"data.view is {config.data.view!r}, but generated faces have the classes of "
            f"{' or '.join(VIEWS)}; set one of them."
        )
    size = aligned_size(config)
    if not SMALLEST <= size <= LARGEST:
        raise UserError(
            f"data.crop is {config.data.crop}, of aligned images of {size} px, but faces are drawn "
            f"at {SMALLEST} to {LARGEST} px; give another data.crop."
        )
    _refuse(config, _AS_DRAWN, "faces are drawn in place and nothing is read from a build")


def _refuse(config: ConfigDict, neutral: dict[str, Any], why: str) -> None:
    """Raises UserError for the first field that asks for something."""
    flat = flatten(config)
    for name, nothing in neutral.items():
        value = flat.get(name, nothing)
        if (tuple(value) if isinstance(value, list) else value) != nothing:
            raise UserError(f"{name} is {value!r}, but {why}; leave it at {nothing!r}.")
