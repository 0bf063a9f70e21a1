"""Aff-Wild2's expression track, cut into short clips: label reader, class views, TFDS builder."""
