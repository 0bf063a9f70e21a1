"""From raw dataset folders to TFDS records: one folder per dataset on one common path."""

from mol_jax import interrupts

interrupts.listen_if_command("data_builders")
