"""Adam with decoupled weight decay, its rates traced so that replicas may differ in them."""

from typing import Any

import jax
import optax

from mol_jax.settings import Hparams, Statics


def _optimiser(statics: Statics, hparams: Hparams) -> optax.GradientTransformation:
    return optax.chain(
        optax.scale_by_adam(b1=statics.b1, b2=statics.b2, eps=statics.eps),
        optax.add_decayed_weights(hparams.weight_decay),
        optax.scale_by_learning_rate(hparams.learning_rate),
    )


def init(statics: Statics, hparams: Hparams, params: Any) -> Any:
    """Returns the optimiser's state; its structure does not depend on `hparams`."""
    return _optimiser(statics, hparams).init(params)


def update(
    statics: Statics, hparams: Hparams, grads: Any, state: Any, params: Any
) -> tuple[Any, Any]:
    """Makes one AdamW update at a constant rate; returns the parameters and the state.

    A `weight_decay` of 0 makes it the paper's Adam (Section 4.1). The rates may be tracers.
    """
    # Optax raises a float to an integer power, which our strict tests would refuse.
    with jax.numpy_dtype_promotion("standard"):
        updates, state = _optimiser(statics, hparams).update(grads, state, params)
    return optax.apply_updates(params, updates), state
