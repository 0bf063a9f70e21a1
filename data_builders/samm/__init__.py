"""SAMM: annotation reader, class views and TFDS builder."""
