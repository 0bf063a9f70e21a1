"""Flow + linear SVM: the floor that every score stands on, and what it is made of."""
