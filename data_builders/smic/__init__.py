"""SMIC, the HS recordings: class views; it has no builder yet."""
