"""Faces that are drawn while they are trained on, as a source: nobody's, and as many as asked."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from data_builders.annotations.annotation import NO_APEX
from data_builders.casme2.views import FIVE, THREE
from data_builders.synthetic.endless import Endless, Variety, expression
from mol_jax import settings
from mol_jax.data import inputs
from mol_jax.data.clips import ClipName
from mol_jax.data.recipe import RECIPES
from mol_jax.errors import UserError
from mol_jax.pretraining.row import example
from mol_jax.pretraining.source import Example
from mol_jax.settings.find import find

NAME = "generated"
TVL1 = "tvl1"  # of pretrain.flow
CLASSES = {"3class": THREE, "5class": FIVE}  # by data.view


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A stream of drawn clips as a network reads them. config: a checked one."""

    stream: Endless
    config: ConfigDict

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.stream.classes

    @property
    def origin(self) -> Mapping[str, Any]:
        """What the drawn faces depend on."""
        return self.stream.origin

    @property
    def people(self) -> tuple[str, ...]:
        """Nobody."""
        return ()

    @functools.cached_property
    def reads(self) -> tuple[str, ...]:
        """What the network reads."""
        return tuple(find(self.config.model.network).reads(self.config))

    def __len__(self) -> int:
        return len(self.stream)

    def name(self, index: int) -> ClipName:
        """Returns the drawn person, and which of its clips an example is."""
        face = f"face{self.stream.person(index):06d}"
        clip = f"clip{index % self.stream.clips:04d}"
        return ClipName(NAME, face, f"{NAME}/{face}", clip, generated=True)

    def __getitem__(self, index: int) -> Example:
        """Draws an example. The frames are all that there is of its clip."""
        index = int(index) % len(self)
        drawn = self.stream[index]
        name, count = self.name(index), len(drawn.frames)
        record = {
            "dataset": name.dataset,
            "subject": name.subject,
            "clip": name.clip,
            "frames": drawn.frames[..., None],
            "frame_numbers": np.arange(1, count + 1),
            "landmarks": drawn.landmarks,
            "flow": drawn.flow,
            "sampled": np.arange(count),
            "apex": 2 if count == 2 else NO_APEX,
            "action_units": _units(drawn.aus),
        }
        return example(record, self.config, drawn.label, self.reads)


def drawn(config: ConfigDict, *, first: int, identities: int) -> Drawn:
    """Returns the drawn people `first`, … of a checked config's stream of faces.

    Raises UserError where the network reads no flow or landmarks of the kind that is asked for.
    """
    pretrain, data = config.pretrain, config.data
    _check_read(config)
    stream = Endless(
        seed=pretrain.seed,
        identities=identities,
        clips=pretrain.clips,
        frames=data.frames,
        size=settings.aligned_size(config),
        flow=pretrain.flow,
        landmarks=pretrain.landmarks,
        first=first,
        classes=CLASSES[data.view],
        variety=Variety.even(pretrain.variety),
        easiest=pretrain.easiest,
    )
    return Drawn(stream, config)


def _check_read(config: ConfigDict) -> None:
    """Raises UserError where pretrain.flow or pretrain.landmarks is not what the network reads.

    A head that is off learns no target. The flow from onset to apex is the clip's own if t = 2;
    else TV-L1 finds it in the frames (`mol_jax.pretraining.row`).
    """
    network, pretrain = config.model.network, config.pretrain
    kind = find(network)
    reads = {*kind.reads(config)}
    own = reads - {name for name in kind.targets if not config.tasks[name]}
    made = {part for name in inputs.names(reads) for part in RECIPES[name].of}
    found = "flow" in made and config.data.frames > 2
    if found and not own & {"flow"} and pretrain.flow != TVL1:
        raise UserError(
            f"pretrain.flow is {pretrain.flow}, but {network!r} reads the flow from onset to apex, "
            f"which TV-L1 finds where data.frames is {config.data.frames}; set data.frames=2, or "
            f"pretrain.flow={TVL1}."
        )
    for name, parts in (("flow", {"flow", "flows"}), ("landmarks", {"landmarks"})):
        if pretrain[name] != "exact" and not (own | made) & parts:
            raise UserError(
                f"pretrain.{name} is {pretrain[name]}, but {network!r} learns and reads no {name} "
                f"of the clips; set pretrain.{name}=exact."
            )


def _units(strengths: np.ndarray) -> str:
    """Writes the action units that move as coders do: 4+7."""
    return "+".join(
        str(unit) for unit, much in zip(expression.NUMBERS, strengths, strict=True) if much > 0
    )
