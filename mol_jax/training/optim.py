"""Adam with decoupled weight decay, its rates traced so that replicas may differ in them."""

from typing import Any

import jax
import jax.numpy as jnp
import optax

from mol_jax.networks.network import Scalars
from mol_jax.training.program import Program


def rate(schedule: str, scalars: Scalars, step: Any, *, xp: Any = jnp) -> Any:
    """Returns the learning rate of the update after `step` others: float [], or of many steps.

    It rises evenly over `warmup` updates, from a share of 1/(warmup + 1), and is whole from then
    on, or falls along half a cosine to `final_share` of it at `steps` (schedule "cosine"). A
    function of the step alone, so that a resumed training goes on with it. paper: Section 4.1 says
    "initial learning rate" and no more; constant without a warm-up is the default.

    Optax's schedules ask whether a number of steps is positive, which a tracer cannot answer.

    Args:
        schedule: "constant" or "cosine".
        step: whole number, an array of `xp`.
        xp: jax.numpy, or numpy on the host, where no device is waited for.
    """
    peak = xp.asarray(scalars["learning_rate"])
    step = xp.asarray(step).astype(peak.dtype)
    share = xp.minimum((step + 1) / (scalars["warmup"] + 1), xp.ones_like(peak))
    if schedule == "cosine":
        passed = (step - scalars["warmup"]) / (scalars["steps"] - scalars["warmup"])
        left = (1 + xp.cos(xp.pi * xp.clip(passed, 0, 1))) / 2
        share = share * (scalars["final_share"] + (1 - scalars["final_share"]) * left)
    return peak * share


def _optimiser(
    program: Program, scalars: Scalars, learning_rate: Any
) -> optax.GradientTransformation:
    return optax.chain(
        optax.scale_by_adam(b1=program.b1, b2=program.b2, eps=program.eps),
        optax.add_decayed_weights(scalars["weight_decay"]),
        optax.scale_by_learning_rate(learning_rate),
    )


def init(program: Program, scalars: Scalars, params: Any) -> Any:
    """Returns the optimiser's state; its structure does not depend on `scalars`."""
    return _optimiser(program, scalars, scalars["learning_rate"]).init(params)


def update(
    program: Program, scalars: Scalars, grads: Any, state: Any, params: Any, *, step: jax.Array
) -> tuple[Any, Any]:
    """Makes one AdamW update at the rate of its step; returns the parameters and the state.

    A `weight_decay` of 0 makes it the paper's Adam (Section 4.1). The rates may be tracers, and a
    network may have others for some of its parameters (`Network.rates`): Adam's step is in
    proportion to its rate, so one Adam is then as many, each of its own.

    Args:
        step: int32 [], updates made before this one.
    """
    learning_rate = rate(program.schedule, scalars, step)
    # Optax raises a float to an integer power, which our strict tests would refuse.
    with jax.numpy_dtype_promotion("standard"):
        rates = program.network.rates(params, learning_rate, scalars)
        optimiser = _optimiser(program, scalars, learning_rate if rates is None else 1.0)
        updates, state = optimiser.update(grads, state, params)
        if rates is not None:
            updates = jax.tree.map(jnp.multiply, updates, rates)
    return optax.apply_updates(params, updates), state
