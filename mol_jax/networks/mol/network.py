"""MOL behind the contract of a network."""

import dataclasses
from typing import Any

import jax.numpy as jnp
from jax import Array
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.clips import Batch
from mol_jax.networks.mol import losses, measures
from mol_jax.networks.mol.landmark_head import with_mean_face
from mol_jax.networks.mol.mol import Mol, MolOutputs
from mol_jax.networks.network import Dense, Facts, Network, Params, Predicted, Scalars
from mol_jax.scoring.measure import Measure
from mol_jax.settings.kind import Shape


@dataclasses.dataclass(frozen=True)
class MolNetwork(Network):
    """MOL, its losses and its measures. auxiliary, landmark_start: the config's."""

    module: Mol
    auxiliary: str = "none"
    landmark_start: str = "mean_face"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Returns the rate that the module takes."""
        return ("dropout",)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Returns those of the tasks that are on."""
        on = self.module.tasks
        return measures.FLOW * ("flow" in on) + measures.LANDMARKS * ("landmarks" in on)

    @property
    def dtype(self) -> str:
        """Returns model.dtype."""
        return jnp.dtype(self.module.dtype).name

    def inputs(self, batch: Batch, facts: Facts) -> Array:
        """Returns the frames [B,t,H,W]."""
        return batch.frames

    def losses(
        self, outputs: MolOutputs, batch: Batch, scalars: Scalars, facts: Facts
    ) -> dict[str, Array]:
        """Returns the terms of Eq 9."""
        return losses.joint(outputs, batch, scalars, facts, auxiliary=self.auxiliary)

    def predict(self, outputs: MolOutputs, batch: Batch, facts: Facts) -> Predicted:
        """Returns probabilities, EPE and NME."""
        return measures.predicted(outputs, batch, facts)

    def dense(self, outputs: MolOutputs) -> Dense:
        """Returns the flow and landmarks of the tasks that are on."""
        return Dense(outputs.flow, outputs.landmarks)

    def start(self, params: Params, facts: Facts) -> Params:
        """Returns params with the landmark head's output where `landmark_start` says.

        paper: silent on it. "mean_face" is the mean of the training rows, since with λ_m = 68 a
        start at zero drowns the other tasks for hundreds of steps.
        """
        if "landmarks" in self.module.tasks and self.landmark_start == "mean_face":
            return with_mean_face(params, facts.mean_face)
        return params


def build(config: ConfigDict, shape: Shape) -> MolNetwork:
    """Returns the network of a checked config."""
    fields: dict[str, Any] = {
        name: value
        for name, value in config.model.items()
        if name in Mol.__dataclass_fields__ and name != "dtype"
    }
    fields |= {"tasks": settings.tasks(config), "dtype": jnp.dtype(config.model.dtype)}
    fields |= {"frames": shape.frames, "crop": shape.crop, "lowering": shape.lowering}
    module = Mol(num_classes=shape.num_classes, **fields)
    return MolNetwork(module, config.loss.auxiliary, config.model.landmark_start)
