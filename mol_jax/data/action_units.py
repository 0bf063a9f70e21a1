"""The action units that a clip was coded with, as a row of yes and no.

They are what coders saw, like the label: what a network is taught or measured by, and nothing that
it may be shown of a clip that is tested.
"""

import numpy as np

from mol_jax.data.recorded import RecordedClip

# GRAPH-AU's nine (Lei et al. 2021): three of the brows, six of the mouth.
UNITS = (1, 2, 4, 10, 12, 14, 15, 17, 25)
BROW = 3  # so many of them


def codes(clip: RecordedClip) -> np.ndarray:
    """Returns which of `UNITS` a clip shows, bool [9]; none where nothing was coded."""
    return np.isin(UNITS, clip.units)


def coded(clip: RecordedClip) -> np.ndarray:
    """Returns whether any action unit was coded, of `UNITS` or another: bool []."""
    return np.array(bool(clip.units))
