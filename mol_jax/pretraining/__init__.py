"""Pre-training: one replica on a stream of clips, its batches split over devices, no folds."""
