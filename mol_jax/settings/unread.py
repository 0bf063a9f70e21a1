"""Fields that work on what a network does not read: another value than the neutral is refused."""

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE, SEQUENCES

# field: (what it works on, the value that asks for nothing, what the refusal says of it)
_WORKS_ON = {
    "data.phases": (READABLE, 0, "reads nothing that has phases"),
    "data.sampling": ((*READABLE, *SEQUENCES.values()), "even", "reads nothing that is sampled"),
    "data.flow": (("flow", *SEQUENCES.values()), "tvl1", "reads no flow that is computed so"),
    "data.normalisation": (("frames",), "fixed", "reads no frames to normalise"),
    "augment.crop_jitter": (READABLE, 0.0, "reads nothing that is cropped"),
}


def check_unread(config: ConfigDict) -> None:
    """Raises UserError for a field that would change nothing, since its clips' part is unread.

    Silently accepted, it would stand in config.json as if it had been at work.
    """
    network = config.model.network
    reads = {*find(network).reads(config)}
    for field, (works_on, neutral, words) in _WORKS_ON.items():
        group, name = field.split(".")
        value = config[group][name]
        if value != neutral and not reads & {*works_on}:
            raise UserError(
                f"{field} is {value}, but the network {network!r} {words}; set {field}={neutral}."
            )


def set_neutral(config: ConfigDict) -> None:
    """Sets every field that would change nothing to the value that asks for nothing."""
    reads = {*find(config.model.network).reads(config)}
    for field, (works_on, neutral, _) in _WORKS_ON.items():
        group, name = field.split(".")
        if not reads & {*works_on}:
            config[group][name] = neutral
