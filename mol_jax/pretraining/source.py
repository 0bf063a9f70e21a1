"""What a pre-training draws its clips from: numbered examples, each of its number alone.

t frames, aligned to S×S px. An example is what a row of the clip table holds
(`mol_jax.data.clips`), as a dict of NumPy arrays: of what the network reads frames uint8 [t, S, S],
flow float16 [t-1, S, S, 2] px, landmarks float32 [t, 68, 2] px and inputs, those of recipes by
their names; and always label int32 and clip_id uint32.
"""

import dataclasses
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import jax
import numpy as np

from mol_jax.data.clips import ClipName, ClipTable

Example = dict[str, Any]


class Source(Protocol):
    """Examples by their numbers.

    classes: names, in the order of the labels. origin: what it is, as plain values: whoever is
    given the same draws the same. people: who is seen in any of its examples, each by the key that
    data has for one human; () where nobody is, as all faces are generated. Pickled, it draws the
    same in another process.
    """

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        ...

    @property
    def origin(self) -> Mapping[str, Any]:
        """What it is."""
        ...

    @property
    def people(self) -> tuple[str, ...]:
        """Who is seen."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Example: ...

    def name(self, index: int) -> ClipName:
        """Returns who and what an example is of, as the data has it."""
        ...


@dataclasses.dataclass(frozen=True)
class Sources:
    """What is trained on, and what is held out: nobody is in both. generated: all were drawn."""

    train: Source
    held_out: Source
    generated: bool


def table_of(batch: Mapping[str, Any]) -> ClipTable:
    """Returns examples, stacked leaf by leaf, as a table of them."""
    named = ("frames", "flow", "landmarks")
    return ClipTable(
        **{name: batch.get(name) for name in named},
        label=batch["label"],
        clip_id=batch["clip_id"],
        inputs=dict(batch.get("inputs", {})),
    )


def stacked(examples: Sequence[Example]) -> ClipTable:
    """Returns examples as a table of them."""
    return table_of(jax.tree.map(lambda *leaves: np.stack(leaves), *examples))


def clip_id(path: str) -> np.uint32:
    """Returns the number by which a clip draws its randomness, of "dataset/subject/clip"."""
    return np.uint32(zlib.crc32(path.encode()))


def content(table: ClipTable) -> str:
    """Returns a checksum of a table: the same number of clips drawn otherwise has another."""
    crc = 0
    for leaf in jax.tree.leaves(table):
        crc = zlib.crc32(np.ascontiguousarray(leaf).data, crc)
    return f"{crc:08x}"
