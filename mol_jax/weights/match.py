"""What of a file a network takes, what it draws, and what stays: each variable is in one list.

Nothing is partial in silence. A variable of the network that the file lacks, or has of another
shape, is refused unless it is named to be drawn anew; what the network has no place for is listed.
"""

import dataclasses
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE
from mol_jax.settings.parts import is_in
from mol_jax.text.words import nearest, shortened
from mol_jax.weights import names
from mol_jax.weights.card import Card
from mol_jax.weights.file import Weights

_SCALES = ("normalise",)  # fields of config.model that bring what is read to a range


@dataclasses.dataclass(frozen=True)
class Match:
    """Names of variables. loaded: from the file. fresh: drawn. left: of the file, not taken."""

    loaded: tuple[str, ...]
    fresh: tuple[str, ...]
    left: tuple[str, ...]


def match(
    path: Path,
    weights: Weights,
    shapes: Mapping[str, tuple[int, ...]],
    *,
    fresh: Sequence[str],
    of_classes: Collection[str] = (),
) -> Match:
    """Returns what a network takes of a file.

    shapes: of the network's variables, by their names. fresh: parts that are drawn anew, whatever
    the file has. of_classes: variables that are drawn anew because the classes are others.

    Raises UserError for a part that is none, for a variable that the file lacks or has of another
    shape, or where nothing would be taken.
    """
    check_parts(shapes, fresh, "init.fresh")
    held = names.flat({names.PARAMS: weights.params, **weights.collections})
    drawn = tuple(
        name
        for name in shapes
        if name in of_classes or any(is_in(part, names.in_network(name)) for part in fresh)
    )
    wanted = [name for name in shapes if name not in drawn]
    _refuse_missing(path, [name for name in wanted if name not in held], shapes)
    for name in wanted:
        if held[name].shape != tuple(shapes[name]):
            raise UserError(
                f"{path} has {names.in_network(name)} of shape {_shape(held[name].shape)}, and "
                f"this network's is {_shape(shapes[name])}; set the fields of model as its card "
                "has them (python -m mol_jax.weights show), or name the part in init.fresh."
            )
    if not any(name.startswith(f"{names.PARAMS}/") for name in wanted):
        raise UserError(
            f"nothing would be taken of {path}: init.fresh draws every part anew; leave "
            "init.weights empty, or name fewer parts."
        )
    return Match(tuple(wanted), drawn, tuple(name for name in held if name not in wanted))


def check_parts(shapes: Iterable[str], parts: Sequence[str], field: str) -> None:
    """Raises UserError for a part that a network with these variables does not have.

    field: that names it.
    """
    known = names.parts(map(names.in_network, shapes))
    for part in parts:
        if part not in known:
            near = nearest(part, known)
            raise UserError(
                f"{field} names {part!r}, which is no part of the network: did you mean {near!r}? "
                f"It is made of {shortened([one for one in known if '/' not in one], between=', ')}"
                "."
            )


def check_scale(path: Path, card: Card, config: ConfigDict) -> tuple[str, ...]:
    """Returns which fields of the network are others: "model.graph was spatial, and is channels".

    Raises UserError where the file is of another network, or what the network is shown has another
    size or scale than its weights were made for.
    """
    network = config.model.network
    if card.network != network:
        raise UserError(
            f"{path} is of the network {card.network!r}, and model.network is {network!r}; take "
            f"weights of {network!r}, or set --config.model.network={card.network}."
        )
    reads = find(network).reads(config)
    scales: list[tuple[str, Any, Any]] = [("data.crop", card.crop, config.data.crop)]
    if {*reads} & {*READABLE}:
        scales.append(("data.frames", card.frames, config.data.frames))
    if "frames" in reads:
        scales.append(("data.normalisation", card.normalisation, config.data.normalisation))
    other = []
    if {*reads} & {"frames", "flow"} and card.magnify != config.data.magnify:
        other.append(f"data.magnify was {card.magnify}, and is {config.data.magnify}")
    for name, field in find(network).fields.items():
        if name in _SCALES and name not in card.model:
            raise UserError(
                f"{path} does not say with which model.{name} it was trained, so that its weights "
                "might be shown another scale than they know; export it again from the run that "
                "made it."
            )
        if name not in card.model or field.traced:
            continue
        before, now = card.model[name], config.model[name]
        if name in _SCALES:
            scales.append((f"model.{name}", before, now))
        elif json.dumps(before) != json.dumps(now):  # which takes a tuple for a list
            other.append(f"model.{name} was {before}, and is {now}")
    for field_name, theirs, ours in scales:
        if theirs != ours:
            raise UserError(
                f"{path} was trained with {field_name}={theirs}, and here it is {ours}, so that "
                "its weights would be shown another size or scale than they know; set "
                f"--config.{field_name}={theirs}."
            )
    return tuple(other)


def _refuse_missing(
    path: Path, missing: Sequence[str], shapes: Mapping[str, tuple[int, ...]]
) -> None:
    if not missing:
        return
    parts = names.covering(map(names.in_network, missing), map(names.in_network, shapes))
    raise UserError(
        f"{path} has nothing for {shortened(parts, between=', ')}, which this network has; to draw "
        f'that anew, set --config.init.fresh="{tuple(parts)}".'
    )


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "one number"
