"""Commands that start more than one config."""

from mol_jax import interrupts

interrupts.listen_if_command("launch")
