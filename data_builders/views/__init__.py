"""Class views: which raw labels make which classes, and which clips there should be."""
