"""The classifier of FRL-DGT: an encoder of the face and a head (Sec 3.2, Fig 2).

Shapes: B clips, S the image's side, M the channels of the stack, E numbers of a face, n classes.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn
from flax import struct

from mol_jax.networks.frl_dgt.face_encoder import FaceEncoder, FaceVector
from mol_jax.networks.frl_dgt.token_fusion import TokenFusion
from mol_jax.networks.layers import EXACT, Dtype, at_least_float32, dense


@struct.dataclass
class Classified:
    """What `Classifier` gives: logits [B,n], at least float32, and what they are made of."""

    logits: jax.Array
    face: FaceVector


class Classifier(nn.Module):
    """Stack [B,S,S,M] and boxes [B,9,4] → `Classified`.

    The stack is the frames and the motion between them; `FaceEncoder` says which boxes, and has the
    switches of M4 to M8. The head is as wide as the encoder and computes in its type.

    sequence: a clip has several stacks, one after another, whose faces one more module of fusion
    joins (FRL-DGT-S): the stack is [B·P,S,S,M] and the boxes [B·P,9,4]. The weights of the regions
    are then means over a clip's stacks. frl: the paper's "further fusion step" in the form that all
    its others have.
    """

    num_classes: int
    encoder: FaceEncoder
    sequence: bool = False

    @nn.compact
    def __call__(
        self,
        stack: jax.Array,
        boxes: jax.Array | None,
        *,
        train: bool,
        dropout_rate: jax.Array | float = 0.0,
        stacks: int = 1,
    ) -> Classified:
        """Classifies clips of `stacks` stacks each, P; it is 1 but in a sequence."""
        assert self.sequence or stacks == 1, stacks
        face = self.encoder(stack, boxes, train=train, dropout_rate=dropout_rate)
        if self.sequence:
            face = self._joined(face, stacks, train, dropout_rate)
        head = Head(self.num_classes, self.encoder.dim, self.encoder.dtype, name="head")
        return Classified(head(face.embedding), face)

    def _joined(
        self, face: FaceVector, stacks: int, train: bool, dropout_rate: jax.Array | float
    ) -> FaceVector:
        """Returns one face of a clip's P: embeddings [B·P,E] → [B,C]."""
        by_clip = jax.tree.map(lambda leaf: leaf.reshape(-1, stacks, *leaf.shape[1:]), face)
        encoder = self.encoder
        fusion = TokenFusion(
            encoder.dim,
            encoder.depth,
            encoder.heads,
            encoder.mlp_ratio,
            encoder.fusion,
            dtype=encoder.dtype,
            name="sequence",
        )
        joined, _ = fusion(by_clip.embedding, train=train, dropout_rate=dropout_rate)
        means = jax.tree.map(lambda leaf: leaf.mean(axis=1), by_clip)
        return means.replace(embedding=joined.astype(face.embedding.dtype))


class Head(nn.Module):
    """Embedding [B,E] → logits [B,n], at least float32: dense `dim`, ReLU, dense n."""

    num_classes: int
    dim: int = 256
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(self, embedding: jax.Array) -> jax.Array:
        chex.assert_rank(embedding, 2)
        hidden = nn.relu(dense(self.dim, 2.0, self.dtype, name="hidden")(embedding))
        kept = at_least_float32(self.dtype)
        return dense(self.num_classes, 1.0, kept, precision=EXACT, name="logits")(hidden)
