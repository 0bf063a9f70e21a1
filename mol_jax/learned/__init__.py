"""The learned spotter of a run: taught on recordings with known intervals, tested on others."""
