"""The classifier of FRL-DGT: an encoder of the face and a head (Sec 3.2, Fig 2).

Shapes: B clips, S the image's side, M the channels of the stack, E numbers of a face, n classes.
"""

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn
from flax import struct

from mol_jax.networks.frl_dgt.face_encoder import FaceEncoder, FaceVector
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
    """

    num_classes: int
    encoder: FaceEncoder

    @nn.compact
    def __call__(
        self,
        stack: jax.Array,
        boxes: jax.Array | None,
        *,
        train: bool,
        dropout_rate: jax.Array | float = 0.0,
    ) -> Classified:
        face = self.encoder(stack, boxes, train=train, dropout_rate=dropout_rate)
        head = Head(self.num_classes, self.encoder.dim, self.encoder.dtype, name="head")
        return Classified(head(face.embedding), face)


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
