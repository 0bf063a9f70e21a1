"""Optical flow and landmarks, looked at and scored clip by clip: Figures 5 and 6, and Eq 11."""

import os

# Figures are drawn into memory; matplotlib would stop over a backend of windows that is not there.
os.environ["MPLBACKEND"] = "agg"
