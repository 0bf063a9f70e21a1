"""What a trained run scores on disturbed clips: `python -m mol_jax.robustness`."""
