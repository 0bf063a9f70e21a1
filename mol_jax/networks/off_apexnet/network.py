"""OFF-ApexNet behind the contract of a network."""

from ml_collections import ConfigDict

from mol_jax.networks import image_input
from mol_jax.networks.flow_classifier import FlowClassifier
from mol_jax.networks.off_apexnet.kind import SIDE
from mol_jax.networks.off_apexnet.module import OffApexnet
from mol_jax.settings.kind import Shape


def build(config: ConfigDict, shape: Shape) -> FlowClassifier:
    """Returns the network of a checked config."""
    return FlowClassifier(
        OffApexnet(shape.num_classes, shape.lowering),
        image_input.recipe(config, SIDE),
        channels=2,
        normalise=config.model.normalise,
        auxiliary=config.loss.auxiliary,
    )
