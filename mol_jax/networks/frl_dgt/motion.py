"""What the classifier sees of a displacement: behind a gate for gradients, and normalised.

D is [N,S,S,2] in grid units, N any batch of pairs; see `mol_jax.networks.frl_dgt.warp`.
"""

from typing import Literal

import chex
import jax
import jax.numpy as jnp

from mol_jax.networks.classification import wide
from mol_jax.networks.shallow import largest

# "classifier": N in what the classifier sees. "output": the warped field is normalised itself, the
# paper read literally, for the record; the classifier sees N of that, which takes its α away again.
# "none": the classifier sees D.
Normalise = Literal["classifier", "output", "none"]
STILL = 1e-3  # grid units: where the largest motion is this, 0.14 px of 288, N makes 0.5 of it


@jax.custom_vjp
def gate(x: jax.Array, share: jax.Array | float) -> jax.Array:
    """Returns x itself; the gradient that comes back is multiplied by `share`, which may be traced.

    With the paper's 1e-6 one gradient of L_cls + L_DGM is ∇L_DGM + 1e-6·∇L_cls in the DGM and
    ∇L_cls in all other modules (Sec 3.1).
    frl: no other weight between the two, since none is given.

    s·x + (1−s)·stop_gradient(x) would not be x, neither in float32 nor in bfloat16.
    """
    del share
    return x


def _gate_fwd(x, share):
    return x, share


def _gate_bwd(share, grad):
    return jnp.asarray(share, grad.dtype) * grad, None


gate.defvjp(_gate_fwd, _gate_bwd)


def normalised(motion: jax.Array) -> jax.Array:
    """N: motion [N,S,S,2] over its largest component in magnitude, in (−1, 1), at least float32.

    N(D) = D / (max over pixels and components |D| + 1e-3), each pair by itself. Weak expressions
    gain and strong ones lose; where nothing moves it is 0.

    frl: the paper says to [−1, 1] and "before output", and not by what. The largest gives that
    range. It stands only in what the classifier sees, while the warp and the losses use D: with the
    warped field itself normalised, the largest motion of every pair would be α·(S−1)/2, 29 px of
    288, and the right pattern stretched like that was worse in L_rec than no motion at all.
    """
    chex.assert_shape(motion, (None, None, None, 2))
    motion = wide(motion)
    most = largest(jnp.abs(motion).reshape(len(motion), -1), axis=1)
    return motion / (most[..., None, None] + STILL)


def for_classifier(
    displacement: jax.Array, share: jax.Array | float, normalise: Normalise = "classifier"
) -> jax.Array:
    """D [N,S,S,2] → the two channels of motion [N,S,S,2] that the classifier is given.

    Args:
        share: of the classifier's gradient that reaches the DGM, may be traced.
        normalise: "none" for D as it is.
    """
    chex.assert_shape(displacement, (None, None, None, 2))
    displacement = gate(wide(displacement), share)
    return displacement if normalise == "none" else normalised(displacement)
