"""Flow + linear SVM: the floor that every score stands on, as read from its table."""
