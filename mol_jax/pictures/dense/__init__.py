"""Flow and landmarks beside what a network was taught and, if it is known, the truth."""
