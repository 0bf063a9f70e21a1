"""weights.safetensors: the best weights so far, with the card of what they are."""

from typing import Any

from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.pretraining.room import Room
from mol_jax.study.versions import versions
from mol_jax.training.step import FoldState
from mol_jax.weights import file
from mol_jax.weights.card import NOBODY, Card
from mol_jax.weights.place import OF_RUN


def write(room: Room, state: FoldState) -> None:
    """Writes the weights of a state, which is on the host. Raises UserError where it cannot."""
    step = int(state.step)
    file.write(room.files.folder / OF_RUN, state.params, state.collections, _card(room, step))


def _card(room: Room, step: int) -> Card:
    """Returns the card of the weights of a step that was validated."""
    config = room.config
    figures = next((row.figures for row in room.points.rows if row.step == step), {})
    return Card(
        network=config.model.network,
        model=_model(config),
        tasks=settings.tasks(config),
        crop=config.data.crop,
        frames=config.data.frames,
        normalisation=config.data.normalisation,
        magnify=config.data.magnify,
        classes=room.source.classes,
        people=people(room),
        steps=step,
        origin={"set": room.fingerprint["name"], **room.fingerprint["built"]},
        licence=_licence(room),
        versions=versions(),
        figures={name: value for name, value in figures.items() if value is not None},
    )


def _model(config: ConfigDict) -> dict[str, Any]:
    """Returns the fields of config.model, without the network's name."""
    return {name: value for name, value in config.model.to_dict().items() if name != "network"}


def people(room: Room) -> str | tuple[str, ...]:
    """Returns who was seen: trained on, or held out to choose the step by, as a card names them."""
    if room.fingerprint["generated"]:
        return NOBODY
    held = {one.person for one in room.held_out.dataset.names}
    return tuple(sorted({*room.source.people, *held}))


def _licence(room: Room) -> str:
    """Returns what may be done with the weights, as far as their clips say it."""
    if room.fingerprint["generated"]:
        return "Apache-2.0, as the program that drew the faces"
    return f"not stated; ask what the licence of {room.fingerprint['name']} allows"
