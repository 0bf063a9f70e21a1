"""FRL-DGT: displacement module, stack of frames and motion, classifier (Fig 2).

Shapes: B clips of S×S px, T frames of a clip, N pairs of frames, n classes.
"""

from typing import Literal

import chex
import flax.struct
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.data.clips import Leaf
from mol_jax.networks import split_batch
from mol_jax.networks.frl_dgt import pairs
from mol_jax.networks.frl_dgt.classifier import Classifier
from mol_jax.networks.frl_dgt.dgm import Dgm
from mol_jax.networks.frl_dgt.face_encoder import FaceVector
from mol_jax.networks.frl_dgt.motion import Normalise, for_classifier, normalised
from mol_jax.networks.frl_dgt.regions import au_boxes
from mol_jax.networks.frl_dgt.warp import warp

Motion = Literal["dgm", "flow", "dynamic_image"]
SelfSupervision = Literal["pairs", "clip", "none"]


@flax.struct.dataclass
class FrlInputs:
    """What is read of B clips, of the whole aligned image.

    frames: uint8 [B,T,S,S]: the sixteen key frames (`mol_jax.data.key_frames`), or T frames from
    onset to offset where all are shown. landmarks: [B,68,2] px, of the onset; None where regions
    are tiles. flow: [B,S,S,2] px, TV-L1 from onset to apex. dynamic_image: [B,S,S]. The last two
    are None where nothing reads them.
    """

    frames: jax.Array
    landmarks: Leaf
    flow: Leaf = None
    dynamic_image: Leaf = None


@flax.struct.dataclass
class Displaced:
    """What the displacement module makes of N pairs, the `labelled` ones first.

    first, second: [N,S,S] in [−1,1]. displacement: D [N,S,S,2], grid units. warped: [N,S,S], the
    first frame taken along it.
    """

    first: jax.Array
    second: jax.Array
    displacement: jax.Array
    warped: jax.Array
    labelled: int = flax.struct.field(pytree_node=False)


@flax.struct.dataclass
class FrlOutputs:
    """logits: [B,n]. face: what they are made of. displaced: None without a displacement module."""

    logits: jax.Array
    face: FaceVector
    displaced: Displaced | None


class Frl(nn.Module):
    """`FrlInputs` → `FrlOutputs`. See `__call__`.

    dgm: None where the motion is not of its making. sequence: whether `FrlInputs.frames` are T
    frames of the whole clip, each a pair with the onset (FRL-DGT-S). Others: fields of config.model
    (`mol_jax/networks/frl_dgt/kind.py`).
    """

    classifier: Classifier
    dgm: Dgm | None
    sequence: bool = False
    motion: Motion = "dgm"
    normalise: Normalise = "classifier"
    self_supervision: SelfSupervision = "pairs"
    apex_shift: int = 2
    magnify: float = 1.0
    alpha: float = 0.2

    def __call__(
        self,
        inputs: FrlInputs,
        *,
        train: bool,
        dropout: jax.Array | float = 0.0,
        gate: jax.Array | float = 0.0,
    ) -> FrlOutputs:
        """Classifies clips by the motion in them.

        In training, where motion is the module's own, the apex is drawn from those beside the
        annotated one, and two other frames of the same clip make a pair for the losses of the
        displacement alone. Elsewhere the annotated apex is shown, and no other frame is read.

        dropout: rate. gate: share of the classifier's gradient that reaches the module.
        """
        chex.assert_rank(inputs.frames, 4)
        shown = self._labelled(inputs, train)
        displaced = None
        if self.dgm is None:
            moved = self._given_motion(inputs)
        else:
            displaced = self._displaced(inputs, shown, train)
            own = displaced.displacement[: displaced.labelled]
            moved = for_classifier(own, gate, self.normalise)
        # frl: of FRL-DGT-S's pairs, all with the same onset, the classifier is shown the other.
        frames = shown[:, 1:] if self.sequence else shown
        stack = jnp.concatenate([jnp.moveaxis(frames, 1, -1), moved], axis=-1)
        boxes = self._boxes(inputs, len(stack))
        classified = self.classifier(
            stack,
            boxes,
            train=train,
            dropout_rate=dropout,
            stacks=len(stack) // len(inputs.frames),
        )
        return FrlOutputs(classified.logits, classified.face, displaced)

    def _labelled(self, inputs: FrlInputs, train: bool) -> jax.Array:
        """Returns the pairs [L,2,S,S] in [−1,1] that are classified: L = B, or B·(T−1)."""
        if self.sequence:
            return pairs.with_onset(inputs.frames)
        if not train or self.dgm is None:
            return pairs.annotated(inputs.frames)
        shown = pairs.near_apex(self._key(), inputs.frames, self.apex_shift)
        if self.magnify == 1:
            return shown
        return pairs.magnified(self._key(), shown, inputs.flow, self.magnify)

    def _key(self) -> jax.Array:
        """Returns a key of the draws of this device's part of a batch."""
        return split_batch.own(self.make_rng("dropout"))

    def _displaced(self, inputs: FrlInputs, labelled: jax.Array, train: bool) -> Displaced:
        assert self.dgm is not None
        shown, others = labelled, None
        if train and self.self_supervision == "pairs":
            even = pairs.even(inputs.frames, sequence=self.sequence)
            others = pairs.random(self._key(), even)
            shown = jnp.concatenate([labelled, others])
        displacement = self.dgm(labelled, others, train=train, alpha=self.alpha)
        first, second = shown[:, 0], shown[:, 1]
        return Displaced(first, second, displacement, warp(first, displacement), len(labelled))

    def _given_motion(self, inputs: FrlInputs) -> jax.Array:
        """Returns the motion that the clip came with, [B,S,S,2], or the dynamic image [B,S,S,1]."""
        if self.motion == "dynamic_image":
            return inputs.dynamic_image[..., None]
        return normalised(inputs.flow) if self.normalise == "classifier" else inputs.flow

    def _boxes(self, inputs: FrlInputs, count: int) -> jax.Array | None:
        """Returns the onset's boxes [L,9,4] for each pair of a clip; None for tiles."""
        if inputs.landmarks is None:
            return None
        boxes = au_boxes(inputs.landmarks, inputs.frames.shape[-1])
        return jnp.repeat(boxes, count // len(boxes), axis=0)
