"""The region transformer behind the contract of a network."""

import dataclasses

from ml_collections import ConfigDict

from mol_jax.networks.flow_classifier import FlowClassifier
from mol_jax.networks.region_transformer.kind import RECIPE
from mol_jax.networks.region_transformer.module import RegionTransformer
from mol_jax.settings.kind import Shape


@dataclasses.dataclass(frozen=True)
class RegionTransformerNetwork(FlowClassifier):
    """A classifier of the mosaic of regions, and its loss."""

    arguments: tuple[str, ...] = ()  # it has no dropout


def build(config: ConfigDict, shape: Shape) -> RegionTransformerNetwork:
    """Returns the network of a checked config."""
    model = config.model
    module = RegionTransformer(
        shape.num_classes, model.dim, model.heads, tuple(model.repeats), shape.lowering
    )
    return RegionTransformerNetwork(
        module, RECIPE, normalise=model.normalise, auxiliary=config.loss.auxiliary
    )
