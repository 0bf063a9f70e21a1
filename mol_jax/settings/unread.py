"""Fields that would change nothing of a run: another value than the neutral is refused.

They work on a part of a clip that the network does not read, or on training in steps, which there
is none of where a method is fitted at once.
"""

from typing import Any

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import FIELDS, Silent
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE, SEQUENCES, WITHOUT_APEX

# field: (what it works on, the value that asks for nothing, what the refusal says of it)
_WORKS_ON = {
    "data.phases": (READABLE, 0, "reads nothing that has phases"),
    "data.sampling": ((*READABLE, *SEQUENCES.values()), "even", "reads nothing that is sampled"),
    "data.flow": (("flow", *SEQUENCES.values()), "tvl1", "reads no flow that is computed so"),
    "data.normalisation": (("frames",), "fixed", "reads no frames to normalise"),
    "augment.crop_jitter": (READABLE, 0.0, "reads nothing that is cropped"),
}

_IN_STEPS = ("loss", "optim", "train", "init")  # groups of fields that work in steps of training
_IDLE = {
    "augment.flip_probability": 0.0,
    "optim.final_share": 0.0,
    "optim.momentum": 0.0,
    "train.phase": "even",
    "predict.keep": (),
}


AS_BUILT = "annotated"  # of data.apex_source, which works on what recipes make at load


def _idle() -> dict[str, Any]:
    """Returns what a field has where there are no steps: the paper's value, or one of `_IDLE`.

    Not of those that change no figure, or count only beside another field's other value.
    """
    found = dict(_IDLE)
    for name, field in FIELDS.items():
        value = field.paper.release if isinstance(field.paper, Silent) else field.paper
        if name.partition(".")[0] in _IN_STEPS and isinstance(value, int | float | str | tuple):
            found.setdefault(name, value)
    return found


def shows_apex(config: ConfigDict) -> bool:
    """Returns whether another frame for the apex may make another input of the network."""
    return not {*find(config.model.network).reads(config)} <= {*READABLE, *WITHOUT_APEX}


def check_unread(config: ConfigDict) -> None:
    """Raises UserError for a field that would change nothing, since its clips' part is unread.

    Silently accepted, it would stand in config.json as if it had been at work.
    """
    network = config.model.network
    reads = {*find(network).reads(config)}
    if config.data.apex_source != AS_BUILT and not shows_apex(config):
        what = "frames as they were built"
        if not reads <= {*READABLE}:
            what = f"nothing that depends on the apex ({', '.join(sorted(reads))})"
        raise UserError(
            f"data.apex_source is {config.data.apex_source}, but the network {network!r} reads "
            f"{what}; set data.apex_source={AS_BUILT}."
        )
    for field, (works_on, neutral, words) in _WORKS_ON.items():
        group, name = field.split(".")
        value = config[group][name]
        if value != neutral and not reads & {*works_on}:
            raise UserError(
                f"{field} is {value}, but the network {network!r} {words}; set {field}={neutral}."
            )


def check_fitted(config: ConfigDict) -> None:
    """Raises UserError for what only training in steps has, where a method is fitted at once."""
    network, selection = config.model.network, config.selection
    if find(network).method is None:
        return
    if len(config.seeds) > 1:
        raise UserError(
            f"seeds are {', '.join(map(str, config.seeds))}, but {network!r} draws nothing, so "
            f'every seed gives the same; give one, as --config.seeds="({config.seeds[0]},)".'
        )
    if selection.leaky_oracle:
        raise UserError(
            f"selection.leaky_oracle is on, but {network!r} has no steps to choose from; leave it "
            "off."
        )
    if selection.name == "inner":
        raise UserError(
            f"selection.name is inner, but {network!r} has no steps to choose from, and what it "
            "chooses (model.c=0) it chooses by people of the rows it is fitted on; set "
            "selection.name=fixed."
        )
    for field, neutral in _idle().items():
        group, name = field.split(".")
        if config[group][name] != neutral:
            raise UserError(
                f"{field} is {config[group][name]}, but {network!r} is fitted at once, without "
                f"steps of training; set {field}={neutral}."
            )


def set_neutral(config: ConfigDict) -> None:
    """Sets every field that would change nothing to the value that asks for nothing."""
    reads = {*find(config.model.network).reads(config)}
    if not shows_apex(config):
        config.data.apex_source = AS_BUILT
    for field, (works_on, neutral, _) in _WORKS_ON.items():
        group, name = field.split(".")
        if not reads & {*works_on}:
            config[group][name] = neutral
    if find(config.model.network).method is not None:
        config.update_from_flattened_dict(_idle())
        config.train.log_every, config.train.save_every = 50, 0  # which divide its steps
