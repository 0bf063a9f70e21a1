"""Whether something moves in a recorded face, and when: intervals, how they are found, measured."""
