"""Licensed datasets as folders of generated clips, with their quirks."""
