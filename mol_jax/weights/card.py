"""The card of weights: what they are of, what they were trained on, and whom they have seen."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

NOBODY = "nobody (generated)"  # of `Card.people`, where all that was seen was drawn by a program


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """What stands with weights in their file.

    network: as in model.network. model: its fields of config.model, without `network`. tasks: that
    were trained. crop: px, the side of what the network sees. frames: t. normalisation: of grey
    levels, as in data.normalisation: the scale of pixels that the weights expect. magnify: as in
    data.magnify, 0 for motion as it was. classes: of the pre-training, in the order of its logits.
    people: `NOBODY`, or the persons that were seen, each by the key that data has for one human, as
    "samm/006". steps: updates made. origin: what the clips were, as their source says it. licence:
    of the weights. versions: of what made them. figures: that were measured of them, by name.

    Raises ValueError for a field that cannot be.
    """

    network: str
    model: Mapping[str, Any]
    tasks: tuple[str, ...]
    crop: int
    frames: int
    normalisation: str
    classes: tuple[str, ...]
    people: str | tuple[str, ...]
    steps: int
    origin: Mapping[str, Any]
    licence: str = "not stated"
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    figures: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    magnify: int = 0

    def __post_init__(self):
        for name in ("network", "normalisation", "licence"):
            _require(isinstance(getattr(self, name), str), name, "text")
        for name in ("crop", "frames", "steps", "magnify"):
            value = getattr(self, name)
            _require(type(value) is int and value >= 0, name, "a whole number")
        for name in ("tasks", "classes"):
            _require(_names(getattr(self, name)), name, "a tuple of names")
        for name in ("model", "origin", "versions", "figures"):
            _require(isinstance(getattr(self, name), Mapping), name, "names and values")
        people = self.people == NOBODY or (_names(self.people) and len(self.people) > 0)
        _require(people, "people", f"{NOBODY!r} or a tuple of one or more names")

    @property
    def persons(self) -> tuple[str, ...]:
        """Returns the persons that were seen, none where all faces were generated."""
        return () if isinstance(self.people, str) else self.people

    @property
    def generated(self) -> bool:
        """Tells whether generated faces were all that was seen."""
        return self.people == NOBODY


def to_json(card: Card) -> dict[str, Any]:
    """Returns a card as JSON has it. Raises ValueError where it holds what JSON does not."""
    try:
        return json.loads(json.dumps(dataclasses.asdict(card), allow_nan=False))
    except TypeError as error:
        raise ValueError(f"a card holds text, numbers and lists of them: {error}") from error


def from_json(content: Any) -> Card:
    """Returns the card of what `to_json` returned. Raises ValueError where it is none."""
    if not isinstance(content, dict):
        raise ValueError("it is no object")
    known = {field.name for field in dataclasses.fields(Card)}
    odd = sorted(set(content) - known)
    if odd:
        raise ValueError(f"{odd[0]} is no field of this version")
    try:
        return Card(**{name: _tuples(value) for name, value in content.items()})
    except TypeError as error:
        raise ValueError(str(error).rpartition(") ")[2] or str(error)) from error


def _tuples(value: Any) -> Any:
    """Returns a list as the tuple it was, at the top alone: fields of the model may be lists."""
    return tuple(value) if isinstance(value, list) else value


def _names(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(name, str) and name for name in value)


def _require(holds: bool, name: str, what: str) -> None:
    if not holds:
        raise ValueError(f"{name} must be {what}")
