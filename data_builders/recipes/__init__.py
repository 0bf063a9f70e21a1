"""Datasets without a builder of their own: their names, and the sheets that are converted."""
