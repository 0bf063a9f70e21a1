"""What a trained run predicts where key frames are moved: `python -m mol_jax.moved`."""
