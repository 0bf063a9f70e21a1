"""The machine a command runs on: whether JAX starts there, and what it could use."""
