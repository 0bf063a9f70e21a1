"""Optical flow and landmarks, looked at and scored clip by clip: Figures 5 and 6, and Eq 11."""
