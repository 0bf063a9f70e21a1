"""The parts of a report, as paragraphs of Markdown, and the page made of it."""

import os

# Figures are drawn into memory; matplotlib would stop over a backend of windows that is not there.
os.environ["MPLBACKEND"] = "agg"
