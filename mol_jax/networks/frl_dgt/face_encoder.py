"""What FRL-DGT's classifier makes of a face: local, global and full-face fusion (Sec 3.2, Fig 2).

Shapes: B clips, S the image's side, M the channels of the stack, K = 9 regions of m patches, C the
width. Layout is channels-last.
"""

import functools
from collections.abc import Callable

import chex
import jax
import jax.numpy as jnp
from flax import linen as nn
from flax import struct

from mol_jax.networks.frl_dgt.fusion import Fusion
from mol_jax.networks.frl_dgt.regions import COUNT, Regions, grid_boxes
from mol_jax.networks.frl_dgt.resampling import patches, resample
from mol_jax.networks.frl_dgt.token_fusion import TokenFusion
from mol_jax.networks.layers import Dtype, at_least_float32

Fuse = Callable[[TokenFusion, jax.Array], tuple[jax.Array, jax.Array | None]]


@struct.dataclass
class FaceVector:
    """What the head reads, which tokens decided it, and where the regions are.

    Weights are None where nothing is fused.

    Weights are over the m patches of each region, and over the regions in the order of
    `regions.NAMES`, each summing to 1 under "before"; a picture of them is the paper's Fig 7.
    """

    embedding: jax.Array  # [B,2C], global then full face; [B,C] without the full face
    local_weights: jax.Array | None  # [B,K,m]
    global_weights: jax.Array | None  # [B,K]
    boxes: jax.Array | None = None  # [B,K,4] px


class FaceEncoder(nn.Module):
    """Stack [B,S,S,M] and boxes [B,9,4] → `FaceVector`: all of the classifier but its head.

    patch, au_side: px, of a patch's side and of the side that regions are resampled to; patch
    divides both au_side and S. dim: C. full_face: False is M6. local_fusion: False is M7, a
    region's vector is the mean of its projected patches with positions. global_fusion: False is M8,
    the mean of the regions' vectors. fusion: "after" is M4. regions: "grid" is M5, and boxes are
    None. Others: `AttnBlock`.

    frl: the nine local modules share nothing, their projections included. frl: the full face is the
    stack at its own size in patches of the same size. frl: its vector stands beside the global one,
    since the paper does not say how the two are joined.
    """

    patch: int = 18
    au_side: int = 90
    dim: int = 256
    depth: int = 2
    heads: int = 8
    mlp_ratio: int = 4
    fusion: Fusion = "before"
    regions: Regions = "au"
    local_fusion: bool = True
    global_fusion: bool = True
    full_face: bool = True
    dtype: Dtype = jnp.float32

    @nn.compact
    def __call__(
        self,
        stack: jax.Array,
        boxes: jax.Array | None,
        *,
        train: bool,
        dropout_rate: jax.Array | float = 0.0,
    ) -> FaceVector:
        batch, side = stack.shape[:2]
        chex.assert_shape(stack, (batch, side, side, None))
        assert (boxes is None) == (self.regions == "grid"), self.regions
        if boxes is None:
            boxes = grid_boxes(batch, side)
        chex.assert_shape(boxes, (batch, COUNT, 4))
        fused = functools.partial(
            TokenFusion,
            depth=self.depth,
            heads=self.heads,
            mlp_ratio=self.mlp_ratio,
            fusion=self.fusion,
            dtype=self.dtype,
        )

        def fuse(module: TokenFusion, tokens: jax.Array) -> tuple[jax.Array, jax.Array | None]:
            return module(tokens, train=train, dropout_rate=dropout_rate)

        local = fused(dim=self.dim, attend=self.local_fusion, name="local")
        crops = patches(resample(stack, boxes, self.au_side), self.patch)
        vectors, local_weights = _over_regions(fuse)(local, crops)
        if self.global_fusion:
            embedding, global_weights = fuse(fused(name="global"), vectors)
        else:
            embedding, global_weights = vectors.mean(axis=1), None
        if self.full_face:
            face = fused(dim=self.dim, name="full_face")
            whole, _ = fuse(face, patches(stack, self.patch))
            embedding = jnp.concatenate([embedding, whole], axis=-1)
        kept = at_least_float32(self.dtype)
        return FaceVector(embedding.astype(kept), local_weights, global_weights, boxes)


def _over_regions(fuse: Fuse) -> Fuse:
    """Makes nine modules of one: each leaf has the regions in front, and none is shared.

    They are one batched product, under the `vmap` over replicas as well.
    """
    return nn.vmap(
        fuse,
        in_axes=1,
        out_axes=1,
        variable_axes={"params": 0, "batch_stats": 0},
        split_rngs={"params": True, "dropout": True},
    )
