"""Where a network places clips, and whether that tells who or what."""
