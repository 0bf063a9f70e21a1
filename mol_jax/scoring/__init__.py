"""What a run leaves in its tables and what that is worth. Needs no JAX."""
