"""The training step compiled for a GPU that is not there: `python -m benchmarks.compiled`."""
