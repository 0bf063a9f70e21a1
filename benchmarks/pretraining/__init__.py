"""What pre-training on generated faces is worth: `python -m benchmarks.pretraining`."""
