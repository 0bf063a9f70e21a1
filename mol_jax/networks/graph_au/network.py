"""GRAPH-AU behind the contract of a network."""

import dataclasses

from jax import Array
from ml_collections import ConfigDict

from mol_jax.data.clips import Batch
from mol_jax.networks.classifier import Classifier
from mol_jax.networks.graph_au.graph import normalised, together
from mol_jax.networks.graph_au.module import GraphAu, GraphAuInputs
from mol_jax.networks.network import Facts
from mol_jax.networks.normalise import normalise
from mol_jax.settings.kind import Shape


@dataclasses.dataclass(frozen=True)
class GraphAuNetwork(Classifier):
    """GRAPH-AU and its loss.

    paper: patches are of an image whose motion a network magnified that was trained on other
    videos. Here they are of flow and strain, unmagnified, on one scale for all clips.
    """

    module: GraphAu

    @property
    def arguments(self) -> tuple[str, ...]:
        """Returns the rates that the module takes."""
        return ("dropout", "attention_dropout")

    def inputs(self, batch: Batch, facts: Facts) -> GraphAuInputs:
        """Returns a batch's patches and the fold's graph: none of the action units of its clips."""
        patches = batch.inputs["node_patches"]
        images = patches.reshape(-1, *patches.shape[2:])
        return GraphAuInputs(normalise(images, "fixed").reshape(patches.shape), facts.own)

    def facts(self, batch: Batch, valid: Array) -> Array:
        """Returns Â [9,9] of the training rows that carry action units; the identity of none."""
        counted = valid & batch.inputs["has_aus"]
        return normalised(together(batch.inputs["aus"], counted))


def build(config: ConfigDict, shape: Shape) -> GraphAuNetwork:
    """Returns the network of a checked config."""
    module = GraphAu(shape.num_classes, config.model.layers)
    return GraphAuNetwork(module, auxiliary=config.loss.auxiliary)
