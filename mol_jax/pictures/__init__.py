"""What a trained run sees, in pictures: python -m mol_jax.pictures."""
