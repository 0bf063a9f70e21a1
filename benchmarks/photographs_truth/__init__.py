"""Finished runs on moved photographs, scored against the motion they were moved by."""
