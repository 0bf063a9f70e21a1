"""The networks that are measured, on random clips: MOL at both sizes, FRL-DGT, the zoo's."""

import dataclasses
import functools
import importlib
from typing import Any

import jax
import numpy as np
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.clips import ClipTable
from mol_jax.networks.network import Scalars
from mol_jax.protocol.folds import Fold
from mol_jax.settings.kind import Lowering
from mol_jax.training import batches, step, timing
from mol_jax.training.batches import FoldTable
from mol_jax.training.program import Program, make_program
from mol_jax.training.replicas import Replica
from mol_jax.training.step import FoldState

# Clips, classes and people of each study, as `python -m launch.plan` names them.
SIZES = {"paper": (246, 5, 26), "small": (48, 3, 8), "ststnet": (442, 3, 68)}
ZOO = (
    *("ststnet", "sssnet", "off_apexnet", "dual_inception", "rcn_a"),
    *("cnn_lstm", "graph_au", "region_transformer"),
)
SIZES |= dict.fromkeys((*ZOO, "frl_dgt"), SIZES["ststnet"])  # the same clips
CONFIGS = {"paper": "configs.casme2", "small": "configs.synthetic"}
CONFIGS |= {name: f"configs.networks.{name}" for name in (*ZOO, "frl_dgt")}
NAMES = tuple(SIZES)
SMALLEST = "ststnet"
TINY_CLIPS = 12
TINY = {"train.batch_size": 2, "predict.batch_size": 2}


@dataclasses.dataclass(frozen=True)
class Model:
    """A study: its config, and how many clips, classes and folds (people) it has."""

    name: str
    config: ConfigDict
    clips: int
    classes: int
    folds: int

    def __hash__(self) -> int:
        return hash(self.name)

    def changed(self, dtype: str = "float32", **changes: object) -> ConfigDict:
        """Returns its config computing in `dtype`, with {"runtime.group": 4, ...} changed."""
        config = self.config.copy_and_resolve_references()
        with config.unlocked():
            if "dtype" in config.model:
                config.model.dtype = dtype
            config.update_from_flattened_dict(changes)
        return config

    def program(self, dtype: str, lowering: Lowering) -> Program:
        """Returns what shapes a compiled program of it."""
        return make_program(self.changed(dtype), num_classes=self.classes, auto=lowering)

    @property
    def scalars(self) -> Scalars:
        """Returns its traced hyperparameters."""
        return settings.scalars(self.config)

    def replica(self, number: int) -> Replica:
        """Returns fold `number` modulo the folds, of a seed of its own for each round of them."""
        seed, person = divmod(number, self.folds)
        rows = np.arange(self.clips)
        held_out = rows % self.folds == person
        return Replica(0, seed, Fold(f"sub{person}", train=rows[~held_out], test=rows[held_out]))

    @functools.cache  # noqa: B019  it takes longer than the launch of some updates
    def rows(self, number: int) -> FoldTable:
        """Returns what `replica(number)` may train on, on the first device."""
        one = self.replica(number)
        rows = batches.fold_table(
            one.fold.train, size=self.clips, seed=one.seed, name=one.fold.name
        )
        return jax.device_put(rows, jax.local_devices()[0])

    @functools.cached_property
    def table(self) -> ClipTable:
        """The clips, on the host."""
        return timing.random_table(self.program("float32", "lax"), clips=self.clips)

    @functools.cached_property
    def on_device(self) -> ClipTable:
        """The clips, on the first device."""
        return jax.device_put(self.table, jax.local_devices()[0])

    @functools.cached_property
    def start(self) -> FoldState:
        """The state of its first replica before the first update, on the host."""
        return jax.device_get(self.init(0))

    def init(self, number: int) -> FoldState:
        """Returns the state of `replica(number)` before the first update, on the device.

        It is the same whatever the dtype and the lowering.
        """
        return self._init(self.scalars, self.on_device, self.rows(number))

    @functools.cached_property
    def _init(self) -> Any:
        return jax.jit(functools.partial(step.init_fold, self.program("float32", "lax")))


def make(name: str, *, tiny: bool) -> Model:
    """Returns the model of a name; tiny: of few clips in small batches."""
    config = importlib.import_module(CONFIGS[name]).get_config()
    if not tiny:
        return Model(name, config, *SIZES[name])
    config.update_from_flattened_dict(TINY)
    return Model(name, config, TINY_CLIPS, 3, 3)
