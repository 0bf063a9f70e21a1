"""Spotting by frequency, its constants as tuned on generated videos: see docs/spotting.md.

python -m data_builders.synthetic.long --out=data/long --seed=200 --videos=24 --neutral=0
python -m mol_jax.spotting --config=configs/spotting/frequency.py --videos=data/long --out=runs/f

Expected of these 8 minutes: F1 42.2 [32.4, 51.7] of 84 true intervals, in about 6 minutes on two
busy cores. GENERATED faces alone.
"""

import dataclasses

from ml_collections import ConfigDict

from mol_jax.spotting.settings import USUAL


def get_config() -> ConfigDict:
    """Returns the method and every constant; mol_jax/spotting/settings.py has units and sources."""
    return ConfigDict({"method": "frequency", "settings": dataclasses.asdict(USUAL)})
