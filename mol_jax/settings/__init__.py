"""From a ConfigDict to what the program takes: every field declared, checked and told apart.

`FIELDS` declares each field with what it may be; those of config.model are its network's
(`mol_jax.settings.kind`), which is found by the name in model.network. A config with a field that
is not declared, or a value outside its rule, is refused with one sentence; a misspelt name is
answered with the nearest. Nothing here needs JAX.
"""

from mol_jax.settings.config import (
    aligned_size,
    check,
    declared,
    flatten,
    is_fitted,
    scalars,
    set_network,
    tasks,
    unknown_field,
)
from mol_jax.settings.fields import FIELDS

__all__ = [
    "FIELDS",
    "aligned_size",
    "check",
    "declared",
    "flatten",
    "is_fitted",
    "scalars",
    "set_network",
    "tasks",
    "unknown_field",
]
