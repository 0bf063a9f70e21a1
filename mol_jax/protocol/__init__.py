"""Who is trained on, who chooses, who is tested: folds of people and their audit. NumPy only."""
