"""From a ConfigDict to what the program takes: every field declared, checked and told apart.

`FIELDS` declares each field with what it may be. A config with a field that is not declared, or a
value outside its rule, is refused with one sentence; a misspelt name is answered with the nearest.
Nothing here needs JAX.
"""

from mol_jax.settings.config import aligned_size, check, flatten, tasks, unknown_field
from mol_jax.settings.fields import FIELDS
from mol_jax.settings.program import Hparams, Statics, hparams, statics

__all__ = [
    "FIELDS",
    "Hparams",
    "Statics",
    "aligned_size",
    "check",
    "flatten",
    "hparams",
    "statics",
    "tasks",
    "unknown_field",
]
