"""SSSNet behind the contract of a network."""

from ml_collections import ConfigDict

from mol_jax.networks import image_input
from mol_jax.networks.flow_classifier import FlowClassifier
from mol_jax.networks.sssnet.kind import SIDE
from mol_jax.networks.sssnet.module import Sssnet
from mol_jax.settings.kind import Shape


def build(config: ConfigDict, shape: Shape) -> FlowClassifier:
    """Returns the network of a checked config."""
    return FlowClassifier(
        Sssnet(shape.num_classes, shape.lowering),
        image_input.recipe(config, SIDE),
        normalise=config.model.normalise,
        auxiliary=config.loss.auxiliary,
    )
