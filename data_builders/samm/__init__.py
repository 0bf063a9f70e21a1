"""SAMM: class views; it has no builder yet."""
