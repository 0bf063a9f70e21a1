"""CASME II: annotation reader, class views and TFDS builder."""
