"""How well intervals are spotted, from tables of them: matching, F1, false alarms. No JAX."""
