"""MOL in JAX: joint micro-expression recognition, optical flow and facial landmarks.

Importing this package imports nothing heavy: `mol_jax.score` and `mol_jax.report` work without JAX.
"""

from mol_jax import interrupts

__version__ = "0.1.0"

interrupts.listen_if_command("mol_jax")
