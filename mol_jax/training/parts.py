"""Parts of a network in training: those that stand still, those that learn at another rate.

A part is named as config.init has it, "f5c_0" or "mer_head/classes". A frozen one is in training
what it is in prediction: its parameters and its statistics stay as they are, bit for bit, its batch
norms take the statistics that it has, and nothing of it is dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import chex
from flax import linen as nn

from mol_jax.networks.network import Params
from mol_jax.settings.parts import is_in
from mol_jax.weights import names


def split(params: Params, frozen: Sequence[str]) -> tuple[Params, Params]:
    """Returns the parameters that are trained, and those of the frozen parts."""
    if not frozen:
        return params, {}
    leaves = names.flat(params)
    still = {name: leaf for name, leaf in leaves.items() if _any(frozen, name)}
    moving = {name: leaf for name, leaf in leaves.items() if name not in still}
    return names.nested(moving), names.nested(still)


def joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the tree of both, which share no variable."""
    return names.nested(names.flat(one) | names.flat(other)) if other else dict(one)


def replaced(drawn: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the drawn variables with the given ones in their place, of their shapes and types."""
    every, new = names.flat(drawn), names.flat(given)
    assert new.keys() <= every.keys(), new.keys() - every.keys()
    chex.assert_trees_all_equal_shapes_and_dtypes({name: every[name] for name in new}, new)
    return names.nested(every | new)


def kept(
    before: Mapping[str, Any], after: Mapping[str, Any], frozen: Sequence[str]
) -> dict[str, Any]:
    """Returns collections after an update, with those variables of frozen parts as before it."""
    if not frozen:
        return dict(after)
    held = names.flat(before)
    return names.nested(
        {
            name: held[name] if _any(frozen, names.in_network(name)) else leaf
            for name, leaf in names.flat(after).items()
        }
    )


def scaled(rates: Any, params: Params, factors: Sequence[tuple[str, float]]) -> Any:
    """Returns the rate of each parameter, times the factor of the smallest part that it is in.

    rates: a tree of those of the network, or one [] for all. A parameter in no part keeps its own.
    """
    if not factors:
        return rates
    leaves = names.flat(params)
    own = names.flat(rates) if isinstance(rates, Mapping) else dict.fromkeys(leaves, rates)
    return names.nested({name: own[name] * _factor(name, factors) for name in leaves})


def standing_still(frozen: Sequence[str]) -> AbstractContextManager:
    """Returns a context of `Module.apply` in which frozen parts work as in prediction.

    A module that is told `train` otherwise than by its keyword keeps its dropout.
    """

    def called(method: Callable, args: tuple, how: dict, context: nn.module.InterceptorContext):
        module = context.module
        if module.path and _any(frozen, "/".join(module.path)):
            if isinstance(module, nn.BatchNorm):
                # Flax lets no call overrule the field, and modules are frozen.
                object.__setattr__(module, "use_running_average", None)
                args, how = args[:1], how | {"use_running_average": True}  # x is the first
            elif "train" in how:
                how = how | {"train": False}
        return method(*args, **how)

    return nn.intercept_methods(called) if frozen else nullcontext()


def _factor(name: str, factors: Sequence[tuple[str, float]]) -> float:
    """Returns the factor of the longest part that a parameter is in, 1 of none."""
    of = {part: factor for part, factor in factors if is_in(part, name)}
    return of[max(of, key=len)] if of else 1.0


def _any(frozen: Sequence[str], name: str) -> bool:
    return any(is_in(part, name) for part in frozen)
