"""The spotters, and what they are made of."""
