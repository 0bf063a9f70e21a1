"""RCN-A behind the contract of a network."""

from ml_collections import ConfigDict

from mol_jax.networks.flow_classifier import FlowClassifier
from mol_jax.networks.rcn_a.kind import RECIPE
from mol_jax.networks.rcn_a.module import RcnA
from mol_jax.settings.kind import Shape


def build(config: ConfigDict, shape: Shape) -> FlowClassifier:
    """Returns the network of a checked config."""
    model = config.model
    return FlowClassifier(
        RcnA(shape.num_classes, model.channels, model.pool, shape.lowering),
        RECIPE,
        normalise=model.normalise,
        auxiliary=config.loss.auxiliary,
    )
