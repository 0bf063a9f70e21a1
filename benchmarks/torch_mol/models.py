"""What is measured: which networks, at which batches, and the narrow MOL that is compared."""

from ml_collections import ConfigDict

from configs import casme2, synthetic
from configs.networks import ststnet

CONFIGS = {"full": casme2, "small": synthetic, "ststnet": ststnet}
# 12 and 256 are what configs train with; that of full, 32, is a GPU's. PyTorch refuses the batch
# norm of one clip of small, whose last maps are one pixel.
BATCHES = {"full": (1, 2, 4), "small": (2, 4, 12), "ststnet": (1, 2, 4, 256)}


def config(model: str) -> ConfigDict:
    """Returns the config of a model by its name here; "narrow" is full with few channels."""
    if model != "narrow":
        return CONFIGS[model].get_config()
    narrow = casme2.get_config()
    with narrow.unlocked():
        narrow.model.width = 32
        narrow.model.flow_width = 0.0625
        narrow.model.mer_width = narrow.model.landmark_width = 0.25
    return narrow


def batches(model: str) -> tuple[int, ...]:
    """Returns the batches that a model is measured at unless others are asked for."""
    return BATCHES[model]
