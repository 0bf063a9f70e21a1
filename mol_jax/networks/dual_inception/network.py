"""Dual-Inception behind the contract of a network."""

from ml_collections import ConfigDict

from mol_jax.networks.dual_inception.kind import RECIPE
from mol_jax.networks.dual_inception.module import DualInception
from mol_jax.networks.flow_classifier import FlowClassifier
from mol_jax.settings.kind import Shape


def build(config: ConfigDict, shape: Shape) -> FlowClassifier:
    """Returns the network of a checked config."""
    model = config.model
    return FlowClassifier(
        DualInception(shape.num_classes, model.hidden, shape.lowering),
        RECIPE,
        channels=2,
        normalise=model.normalise,
        auxiliary=config.loss.auxiliary,
        arguments=(),
    )
