"""FRL-DGT behind the contract of a network."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.networks import classification
from mol_jax.networks.frl_dgt import displacement_losses, measures
from mol_jax.networks.frl_dgt.classifier import Classifier
from mol_jax.networks.frl_dgt.dgm import Dgm
from mol_jax.networks.frl_dgt.face_encoder import FaceEncoder
from mol_jax.networks.frl_dgt.frl import Frl, FrlInputs, FrlOutputs
from mol_jax.networks.frl_dgt.warp import pixels
from mol_jax.networks.network import Dense, Facts, Network, Params, Predicted, Scalars
from mol_jax.scoring.measure import Measure
from mol_jax.settings.kind import Shape


@dataclasses.dataclass(frozen=True)
class FrlNetwork(Network):
    """FRL-DGT, its losses and its measures. auxiliary: of config.loss."""

    module: Frl
    auxiliary: str = "none"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Returns the rate of dropout, and the share of the gradient that passes the gate."""
        return ("dropout", "gate")

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Returns those of the displacement and of the regions, as far as there are any."""
        return measures.of(self.module)

    @property
    def dtype(self) -> str:
        """Returns model.dtype."""
        return jnp.dtype(self.module.classifier.encoder.dtype).name

    def inputs(self, batch: Batch, facts: Facts) -> FrlInputs:
        """Returns what was read of the clips; frames stay whole numbers until they are chosen."""
        read = batch.inputs
        return FrlInputs(
            read["tim_frames" if self.module.sequence else "key_frames"],
            read.get("onset_landmarks"),
            read.get("flow_onset_apex"),
            read.get("dynamic_image"),
        )

    def losses(
        self, outputs: FrlOutputs, batch: Batch, scalars: Scalars, facts: Facts
    ) -> dict[str, Array]:
        """Returns the cross entropy and the terms of Eq 4.

        frl: the loss of the classifier is not named. The two stand side by side without a weight,
        since none is given; the gate keeps them apart.
        """
        terms = classification.terms(
            outputs.logits,
            batch.label,
            scalars,
            facts,
            embedding=outputs.face.embedding,
            auxiliary=self.auxiliary,
        )
        displaced = outputs.displaced
        if displaced is None or self.module.self_supervision == "none":
            return terms
        weights = displacement_losses.Weights(
            *(scalars[f"lambda_{name}"] for name in ("rec", "nm", "sm"))
        )
        return terms | displacement_losses.terms(
            displaced.displacement,
            displaced.warped,
            displaced.second,
            weights,
            clips=len(batch.label),
            labelled=displaced.labelled,
        )

    def predict(self, outputs: FrlOutputs, batch: Batch, facts: Facts) -> Predicted:
        """Returns probabilities, how good the displacement is, and which region counted."""
        found = measures.measured(self.module, outputs, batch)
        return Predicted(jax.nn.softmax(outputs.logits.astype(jnp.float32)), found)

    def dense(self, outputs: FrlOutputs) -> Dense:
        """Returns the displacement from onset to apex, the boxes and the weights.

        Of a sequence's displacements none goes from the onset to the apex.
        """
        face, displaced = outputs.face, outputs.displaced
        shift = None
        if displaced is not None and not self.module.sequence:
            shift = pixels(displaced.displacement)
        return Dense(
            displacement=shift,
            boxes=face.boxes,
            weights=face.global_weights,
            local_weights=face.local_weights,
        )

    def embedding(self, outputs: FrlOutputs) -> Array:
        """Returns the vector of a face."""
        return outputs.face.embedding

    def rates(self, params: Params, rate: Array, scalars: Scalars) -> Any:
        """Returns the displacement module's constant rate, and that of config.optim for all else.

        Section 4.1: 0.002 without a schedule, and a cosine for the fusion. frl: the rate that the
        cosine starts from is not given.
        """
        own = scalars["dgm_rate"]
        return {
            name: jax.tree.map(lambda _, name=name: own if name == "dgm" else rate, module)
            for name, module in params.items()
        }


def build(config: ConfigDict, shape: Shape) -> FrlNetwork:
    """Returns the network of a checked config."""
    model, dtype = config.model, jnp.dtype(config.model.dtype)
    encoder = FaceEncoder(**_taken(FaceEncoder, model), dtype=dtype)
    dgm = None
    if model.motion == "dgm":
        dgm = Dgm(model.dgm_levels, model.dgm_width, model.normalise, dtype, shape.lowering)
    classifier = Classifier(shape.num_classes, encoder, model.sequence)
    return FrlNetwork(Frl(classifier, dgm, **_taken(Frl, model)), config.loss.auxiliary)


def _taken(module: Any, model: ConfigDict) -> dict[str, Any]:
    """Returns the fields of config.model that a module has too, but the type."""
    own = module.__dataclass_fields__
    return {name: value for name, value in model.items() if name in own and name != "dtype"}
