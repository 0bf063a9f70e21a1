"""The four methods of a checked config: which feature, and which SVM it is given to.

Inputs are made by recipes (`mol_jax.data.recipe`), each of one clip, and so is each feature.
"""

import jax.numpy as jnp
import numpy as np
from ml_collections import ConfigDict

from mol_jax.classic import lbp, mdmo, woof
from mol_jax.classic.estimator import Estimator, Inputs, Method
from mol_jax.classic.inner import ChosenSvm
from mol_jax.classic.svm import Kernel, Svm
from mol_jax.networks.normalise import normalise


def flow_svm(config: ConfigDict, num_classes: int) -> Method:
    """Returns the SVM on flow images of 32 px, each clip's by itself: 3,072 numbers."""

    def features(inputs: Inputs) -> np.ndarray:
        images = normalise(jnp.asarray(inputs["flow_image_32"]), config.model.normalise)
        return np.asarray(images, np.float64).reshape(len(images), -1)

    return Method(features, _svm(config, "rbf", num_classes))


def lbp_top(config: ConfigDict, num_classes: int) -> Method:
    """Returns the SVM on local binary patterns of ten frames at even times."""
    model = config.model

    def of_clip(frames: np.ndarray) -> np.ndarray:
        return lbp.histograms(
            frames,
            radius=model.radius,
            radius_t=model.radius_t,
            blocks=model.blocks,
            uniform=model.codes == "uniform",
        )

    def features(inputs: Inputs) -> np.ndarray:  # float32: there are up to 98,304 of each clip
        return np.stack([of_clip(clip).astype(np.float32) for clip in inputs["tim_frames"]])

    return Method(features, _svm(config, "linear", num_classes))


def bi_woof(config: ConfigDict, num_classes: int) -> Method:
    """Returns the SVM on weighted directions of the flow from onset to apex: 200 numbers."""

    def features(inputs: Inputs) -> np.ndarray:
        return np.stack([woof.histograms(flow) for flow in inputs["flow_onset_apex"]])

    return Method(features, _svm(config, "linear", num_classes))


def main_direction(config: ConfigDict, num_classes: int) -> Method:
    """Returns the SVM on the main direction of 36 regions' motion: 72 numbers."""

    def features(inputs: Inputs) -> np.ndarray:
        clips = zip(inputs["tim_frames"], inputs["onset_landmarks"], strict=True)
        return np.stack([mdmo.of_frames(*clip, flow=config.model.flow) for clip in clips])

    return Method(features, _svm(config, "rbf", num_classes))


def _svm(config: ConfigDict, kernel: Kernel, num_classes: int) -> Estimator:
    model = config.model
    if not model.c:
        return ChosenSvm(kernel, model.scaled, num_classes)
    return Svm(kernel, model.c, model.scaled, num_classes)
