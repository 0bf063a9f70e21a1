"""A built dataset as a source: its records are read one by one, and never all in memory."""

import dataclasses
import functools
import random
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from data_builders.records.load import ClipSource, open_dataset
from data_builders.views.composite import Composite
from data_builders.views.find import get_view
from data_builders.views.view import View
from mol_jax.data.clips import ClipName
from mol_jax.data.load import build_name, clip_name
from mol_jax.errors import UserError
from mol_jax.pretraining.row import example
from mol_jax.pretraining.source import Example
from mol_jax.settings.find import find


@dataclasses.dataclass(frozen=True)
class Clip:
    """Where a clip stands in its build, its class, and who and what it is."""

    number: int
    label: int
    name: ClipName


@dataclasses.dataclass(frozen=True)
class Built:
    """Clips of a built dataset as a network reads them.

    data_dir: where it was built. config: a checked one. clips: of the view, those that are drawn.
    origin: what the build is.
    """

    data_dir: Path
    config: ConfigDict
    classes: tuple[str, ...]
    clips: tuple[Clip, ...]
    origin: Mapping[str, Any]

    @property
    def people(self) -> tuple[str, ...]:
        """Who is seen."""
        return tuple(sorted({clip.name.person for clip in self.clips}))

    @functools.cached_property
    def reads(self) -> tuple[str, ...]:
        """What the network reads."""
        return tuple(find(self.config.model.network).reads(self.config))

    def __len__(self) -> int:
        return len(self.clips)

    def name(self, index: int) -> ClipName:
        """Returns who and what a clip is."""
        return self.clips[index].name

    def __getitem__(self, index: int) -> Example:
        """Reads a clip. Raises UserError where its record is damaged."""
        clip = self.clips[index]
        records = _records(self.data_dir, self.config.data.name, build_name(self.config))
        return example(records[clip.number], self.config, clip.label, self.reads)


@functools.lru_cache(maxsize=2)  # of each process: a worker opens the files itself
def _records(data_dir: Path, name: str, build: str) -> ClipSource:
    return open_dataset(name, data_dir, build)[0]


def built(config: ConfigDict, data_dir: Path) -> tuple[Built, Built, bool]:
    """Returns what is trained on and what is held out of a built dataset, and if it was generated.

    `pretrain.held_out` people are held out, drawn by the seed.

    Raises UserError where it is not built, is a composite, or has too few people.
    """
    name = config.data.name
    view = get_view(name, config.data.view)
    if isinstance(view, Composite):
        raise UserError(
            f"data.name is {name}, a composite, but pre-training reads one built dataset; give one "
            "of its parts."
        )
    source, metadata = open_dataset(name, data_dir, build_name(config))
    view = view.settle(metadata["emotions"])
    generated = bool(metadata["generated"])
    clips = _clips(source, view, generated=generated)
    held = _held_out([clip.name.person for clip in clips], config)
    origin = {"dataset": name, "view": view.name, "rule": view.rule, "built": metadata}
    parts = []
    for is_held in (False, True):
        mine = tuple(clip for clip in clips if (clip.name.person in held) == is_held)
        parts.append(Built(data_dir, config, view.classes, mine, origin))
    return parts[0], parts[1], generated


def _clips(source: ClipSource, view: View, *, generated: bool) -> list[Clip]:
    """Returns the clips of a view, reading one record after another.

    Raises UserError where it has none.
    """
    labelled = [
        (number, clip_name(record | {"generated": generated}), view.label(record))
        for number, record in enumerate(source)
    ]
    clips = [
        Clip(number, view.classes.index(label), name)
        for number, name, label in labelled
        if label is not None
    ]
    if not clips:
        raise UserError(f"the view {view.name} of {view.dataset} has no clip in this build.")
    return clips


def _held_out(persons: Sequence[str], config: ConfigDict) -> Collection[str]:
    """Returns the people who are held out, drawn by the seed."""
    everybody, count = sorted(set(persons)), config.pretrain.held_out
    if count >= len(everybody):
        raise UserError(
            f"pretrain.held_out is {count}, but {config.data.name} has {len(everybody)} people in "
            "this view; hold out fewer, so that somebody is left to train on."
        )
    return set(random.Random(config.seeds[0]).sample(everybody, count))
