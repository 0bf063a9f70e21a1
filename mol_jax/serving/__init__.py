"""Predictions in a browser, on this machine alone: drop a clip, see what a run says."""
