"""Anybody's own recordings: annotation reader of labels.csv, class view and TFDS builder."""
