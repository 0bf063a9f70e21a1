"""FRL-DGT's paper: its tables."""
