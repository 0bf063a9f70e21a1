"""A trained run on somebody's own recording: faces, windows, what is predicted, and its pages."""
