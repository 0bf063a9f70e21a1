"""All that a pre-training works with, opened once: clips, programs, files."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from ml_collections import ConfigDict

from mol_jax.data.clips import ClipTable
from mol_jax.errors import UserError
from mol_jax.networks.network import Scalars
from mol_jax.pretraining.held_out import HeldOut
from mol_jax.pretraining.source import Source
from mol_jax.pretraining.validation import Points
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.study.workdir import Workdir
from mol_jax.training.batches import FoldTable
from mol_jax.training.devices import choose_devices
from mol_jax.training.program import Program
from mol_jax.training.spread import Spread


@dataclasses.dataclass(frozen=True)
class Room:
    """config: a checked one. source: of the clips that are trained on. first: its first clips, of
    which the facts are. rows: all of them, and the key of every draw. held_out: who is validated
    on. spread: the compiled functions. points: of validation.csv. fingerprint: of the clips, as in
    config.json. say: tells the user a sentence, and log.txt.
    """

    config: ConfigDict
    program: Program
    scalars: Scalars
    source: Source
    first: ClipTable
    rows: FoldTable
    held_out: HeldOut
    spread: Spread
    files: Workdir
    checkpoints: Checkpoints
    points: Points
    fingerprint: dict[str, Any]
    say: Callable[[str], None]

    @property
    def seed(self) -> int:
        """Returns the seed of the one replica."""
        return self.config.seeds[0]


def devices_of(config: ConfigDict) -> list[jax.Device]:
    """Returns the devices that share a batch.

    All of them, or as many as share it evenly, where runtime.devices leaves that open. One, where a
    loss compares the clips of a batch: a part of it would be compared with that part alone.

    Raises UserError where more are asked for than can share a batch.
    """
    size, asked = config.train.batch_size, config.runtime.devices
    compares = [name for name in ("triplet",) if config.loss[name]]
    compares += ["auxiliary"] * (config.loss.auxiliary != "none")
    if compares and asked > 1:
        raise UserError(
            f"loss.{compares[0]} compares the clips of a batch, which {asked} devices would do "
            "within their own parts alone; set runtime.devices=1."
        )
    found = choose_devices(1 if compares else asked)
    if asked:
        return found
    return found[: max(n for n in range(1, len(found) + 1) if size % n == 0)]


def scalars_of(scalars: Scalars) -> Scalars:
    """Returns scalars as arrays, which a program takes without compiling anew."""
    return {name: np.float32(value) for name, value in scalars.items()}
