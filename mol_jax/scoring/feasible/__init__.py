"""Can published figures come from one prediction per video? NumPy only."""
