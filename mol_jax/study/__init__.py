"""A study from its trials to its workdir: waves, checkpoints, tables. The shell around training."""
