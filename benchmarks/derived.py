"""Transposed convolutions whose gradients JAX derives, to be set beside those that are our own."""

import contextlib
from collections.abc import Iterator
from unittest import mock

from mol_jax.networks import convolutions


@contextlib.contextmanager
def derived_gradients() -> Iterator[None]:
    """Has JAX derive the gradients of a transposed convolution in what is traced meanwhile.

    What was traced before stays as it was, in JAX's caches too.
    """
    own = convolutions._doubled
    with mock.patch.object(convolutions, own.__name__, own.__wrapped__):
        yield
