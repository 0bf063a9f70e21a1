"""Adam or SGD with decoupled or coupled decay, the rates traced so that replicas may differ."""

from typing import Any

import jax
import jax.numpy as jnp
import optax

from mol_jax.networks.network import Scalars
from mol_jax.training import parts
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
    """Returns the program's optimiser; an optional scalar that is not given has no part in it."""
    coupled = [optax.add_decayed_weights(scalars["l2"])] if "l2" in scalars else []
    return optax.chain(
        *coupled,
        *_direction(program, scalars),
        optax.add_decayed_weights(scalars["weight_decay"]),
        optax.scale_by_learning_rate(learning_rate),
    )


def _direction(program: Program, scalars: Scalars) -> list[optax.GradientTransformation]:
    """Returns what makes of gradients the direction of an update, and remembers."""
    if program.optimiser == "adam":
        return [optax.scale_by_adam(b1=program.b1, b2=program.b2, eps=program.eps)]
    return [optax.trace(scalars["momentum"])] if "momentum" in scalars else []


def init(program: Program, scalars: Scalars, params: Any) -> Any:
    """Returns the optimiser's state: two moments of Adam, one of SGD with momentum, else none.

    Its structure depends on which scalars there are, and not on their values.
    """
    return _optimiser(program, scalars, scalars["learning_rate"]).init(params)


def update(
    program: Program, scalars: Scalars, grads: Any, state: Any, params: Any, *, step: jax.Array
) -> tuple[Any, Any]:
    """Makes one update at the rate of its step; returns the parameters and the state.

    With gradient g, parameters p, rate r and the decays l2 (coupled) and d (decoupled):

        g' = g + l2 p,  p <- p - r (m + d p)

    where m is Adam's step of g' (Kingma and Ba 2015), and of SGD the sum m <- g' + momentum m. The
    first decay is what PyTorch calls weight_decay of Adam and SGD, the second that of AdamW. With
    neither, Adam is the paper's (Section 4.1). A scalar "l2" or "momentum" that is not given leaves
    no operation in the program. Rates and decays may be tracers.

    A network may have other rates for some of its parameters (`Network.rates`), and config.init a
    factor for some of its parts: a step is in proportion to its rate, decoupled decay included, so
    one optimiser is then as many, each of its own.

    Args:
        params: those that are trained, without frozen parts; grads and state are of the same.
        step: int32 [], updates made before this one.
    """
    learning_rate = rate(program.schedule, scalars, step)
    # Optax raises a float to an integer power, which our strict tests would refuse.
    with jax.numpy_dtype_promotion("standard"):
        rates = program.network.rates(params, learning_rate, scalars)
        if program.rates:
            own = learning_rate if rates is None else rates
            rates = parts.scaled(own, params, program.rates)
        optimiser = _optimiser(program, scalars, learning_rate if rates is None else 1.0)
        updates, state = optimiser.update(grads, state, params)
        if rates is not None:
            updates = jax.tree.map(jnp.multiply, updates, rates)
    return optax.apply_updates(params, updates), state
