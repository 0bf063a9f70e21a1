"""The first run on a card, as one command: `python -m benchmarks.device`."""
