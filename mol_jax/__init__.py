"""MOL in JAX: joint micro-expression recognition, optical flow and facial landmarks.

Importing this package imports nothing heavy: `mol_jax.score` and `mol_jax.report` work without JAX.
"""

__version__ = "0.1.0"
