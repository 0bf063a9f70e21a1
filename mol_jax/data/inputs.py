"""The inputs that recipes make of the clips of a table, each of one clip and of no other.

What needs no flow is made while its record is at hand, so that of a clip's many frames none stays
in memory; what needs the flow from onset to apex waits until that of every clip is known.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from mol_jax.data.recipe import RECIPES
from mol_jax.data.recorded import RecordedClip, recorded

Begun = dict[str, np.ndarray | RecordedClip]  # by recipe: its input, or the clip that awaits flow


def names(reads: Collection[str]) -> tuple[str, ...]:
    """Returns the recipes among what a network reads, in the order of the alphabet."""
    return tuple(sorted({*reads} & {*RECIPES}))


def ask_for_flow(reads: Collection[str]) -> bool:
    """Returns whether a recipe among what a network reads takes the flow from onset to apex."""
    return any("flow" in RECIPES[name].of for name in names(reads))


def begin(record: Mapping[str, Any], reads: Collection[str]) -> Begun:
    """Returns what can be made of a record now, and of the rest the parts that it takes."""
    begun: Begun = {}
    for name in names(reads):
        recipe = RECIPES[name]
        clip = recorded(record, recipe.of)
        begun[name] = clip if "flow" in recipe.of else recipe.make(clip)
    return begun


def finish(begun: Sequence[Begun], flows: Sequence[np.ndarray | None]) -> dict[str, np.ndarray]:
    """Returns the inputs of N clips, [N, ...] of each recipe in the order given.

    flows: float16 [S, S, 2] px from onset to apex, of each clip; None where no recipe takes it.
    """
    return {
        name: np.stack(
            [_made(name, clip[name], flow) for clip, flow in zip(begun, flows, strict=True)]
        )
        for name in begun[0]
    }


def _made(name: str, begun: np.ndarray | RecordedClip, flow: np.ndarray | None) -> np.ndarray:
    if isinstance(begun, RecordedClip):
        return RECIPES[name].make(dataclasses.replace(begun, flow=flow))
    return begun
