"""Long videos of drawn faces with known intervals: expressions, and what is none."""
