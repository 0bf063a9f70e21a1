"""GRAPH-AU's layers: attention over landmarks' patches, compared with a graph of action units.

Shapes: B clips, N landmarks of a region with d = 49 numbers each, K = 9 action units, n classes.
"""

import flax.struct
import jax
import jax.numpy as jnp
from flax import linen as nn

from mol_jax.data.action_units import BROW as BROW_UNITS
from mol_jax.data.action_units import UNITS
from mol_jax.data.node_patches import BROW as BROW_NODES
from mol_jax.data.node_patches import SHAPE, SIZE
from mol_jax.networks.classification import Classified
from mol_jax.networks.layers import EXACT, batch_norm, dropout, layer_norm
from mol_jax.networks.shallow import dense, uniform

HEADS, OF_HEAD, HIDDEN = 8, 16, 128
REGION = (320, 160)  # of the two layers after each region's attention
UNIT = (40, 80, 160)  # numbers of an action unit: drawn, and after each graph layer
SLOPE = 0.2
TAPS = 3  # px, the side of each node's kernel


@flax.struct.dataclass
class GraphAuInputs:
    """patches: [B,30,7,7,3], flow and strain about landmarks. adjacency: [9,9], Â of the fold."""

    patches: jax.Array
    adjacency: jax.Array


@flax.struct.dataclass
class Rates:
    """Shares that are dropped in training, of the weights of attention another."""

    dropout: jax.Array | float
    attention: jax.Array | float


class GraphAu(nn.Module):
    """Patches → 49 numbers a node → two regions of 160 → 9 agreements with units → the classes.

    layers: of attention in each region, one after another. Its code declares six, feeds each of
    them the same tokens and uses the last: one is what was scored.
    """

    num_classes: int
    layers: int = 1

    @nn.compact
    def __call__(
        self,
        inputs: GraphAuInputs,
        *,
        train: bool,
        dropout: jax.Array | float,
        attention_dropout: jax.Array | float,
    ) -> Classified:
        rates = Rates(dropout, attention_dropout)
        tokens = Nodes(name="nodes")(inputs.patches, train=train)
        of_brow, of_mouth = tokens[:, :BROW_NODES], tokens[:, BROW_NODES:]
        brow = Region(self.layers, name="brow")(of_brow, rates, train=train)
        mouth = Region(self.layers, name="mouth")(of_mouth, rates, train=train)
        units = Units(name="units")(inputs.adjacency)
        agreements = jnp.concatenate(
            [brow @ units[:BROW_UNITS].T, mouth @ units[BROW_UNITS:].T], axis=1
        )
        x = layer_norm(agreements, name="norm")
        layer = dense(self.num_classes, len(UNITS), precision=EXACT, name="classes")
        return Classified(layer(x), x)


class Nodes(nn.Module):
    """Patches [B,30,7,7,3] → [B,30,49]: each node's own 3×3 kernel, batch norm of a node, ReLU."""

    @nn.compact
    def __call__(self, patches: jax.Array, *, train: bool) -> jax.Array:
        assert patches.shape[1:] == SHAPE, patches.shape
        taps = TAPS * TAPS * SHAPE[3]
        kernel = self.param("kernel", uniform(taps), (SHAPE[0], taps))
        padded = jnp.pad(patches, ((0, 0), (0, 0), (1, 1), (1, 1), (0, 0)))
        windows = jnp.concatenate(
            [padded[:, :, i : i + SIZE, j : j + SIZE] for i in range(TAPS) for j in range(TAPS)],
            axis=-1,
        )
        x = jnp.einsum("bnijk,nk->bijn", windows, kernel)
        x = nn.relu(batch_norm(x, train=train))
        return x.reshape(len(x), -1, SHAPE[0]).transpose(0, 2, 1)


class Region(nn.Module):
    """Nodes of a region [B,N,49] → [B,160]: attention layers and two hidden ones."""

    layers: int

    @nn.compact
    def __call__(self, x: jax.Array, rates: Rates, *, train: bool) -> jax.Array:
        for i in range(1, self.layers + 1):
            x = Layer(name=f"layer{i}")(x, rates, train=train)
        x = x.reshape(len(x), -1)
        x = nn.relu(dense(REGION[0], x.shape[1], name="hidden1")(x))
        x = _dropped(self, x, rates.dropout, train=train)
        return nn.relu(dense(REGION[1], REGION[0], name="hidden2")(x))


class Layer(nn.Module):
    """Attention and two dense layers over [B,N,d], each added to its input and then normalised.

    No positions: which landmark a node is shows in its own kernel, and where it stands later.
    """

    @nn.compact
    def __call__(self, x: jax.Array, rates: Rates, *, train: bool) -> jax.Array:
        y = Attention(name="attention")(x, rates, train=train)
        y = _dropped(self, y, rates.dropout, train=train)
        x = layer_norm(x + y, name="norm1")
        y = nn.relu(dense(HIDDEN, x.shape[-1], name="wide")(x))
        y = dense(x.shape[-1], HIDDEN, name="narrow")(y)
        y = _dropped(self, y, rates.dropout, train=train)
        return layer_norm(x + y, name="norm2")


class Attention(nn.Module):
    """Self-attention over [B,N,d]: 8 heads of 16 numbers, scaled by 1/√16, no bias."""

    @nn.compact
    def __call__(self, x: jax.Array, rates: Rates, *, train: bool) -> jax.Array:
        init = uniform(x.shape[-1])
        made = nn.Dense(3 * HEADS * OF_HEAD, use_bias=False, kernel_init=init, name="qkv")(x)
        made = made.reshape(*x.shape[:2], 3, HEADS, OF_HEAD)
        query, key, value = made[:, :, 0], made[:, :, 1], made[:, :, 2]
        scores = jnp.einsum("bihd,bjhd->bhij", query, key) * OF_HEAD**-0.5
        weights = nn.softmax(scores)
        self.sow("intermediates", "attention", weights)  # for pictures; costs nothing unread
        weights = _dropped(self, weights, rates.attention, train=train)
        seen = jnp.einsum("bhij,bjhd->bihd", weights, value).reshape(*x.shape[:2], -1)
        init = uniform(HEADS * OF_HEAD)
        return nn.Dense(x.shape[-1], use_bias=False, kernel_init=init, name="out")(seen)


class Units(nn.Module):
    """Â [9,9] → what stands for each unit, [9,160]: two graph layers over numbers of its own."""

    @nn.compact
    def __call__(self, adjacency: jax.Array) -> jax.Array:
        x = self.param("units", nn.initializers.normal(0.01), (len(UNITS), UNIT[0]))
        for i, features in enumerate(UNIT[1:], 1):
            # U(±1/√outputs), as in the code released
            weights = self.param(f"graph{i}", uniform(features), (x.shape[1], features))
            x = nn.leaky_relu(adjacency @ x @ weights, SLOPE)
        return x


def _dropped(module: nn.Module, x: jax.Array, rate: jax.Array | float, *, train: bool) -> jax.Array:
    return dropout(module, x, rate) if train else x
