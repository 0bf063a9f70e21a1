"""Spotting by flow, its constants as tuned on generated videos: see docs/spotting.md.

python -m data_builders.synthetic.long --out=data/long --seed=200 --videos=24 --neutral=0
python -m mol_jax.spotting --config=configs/spotting/flow.py --videos=data/long --out=runs/flow

Expected of these 8 minutes: F1 69.0 [59.6, 77.5] of 84 true intervals, in about 6 minutes on two
busy cores. GENERATED faces alone.
"""

import dataclasses

from ml_collections import ConfigDict

from mol_jax.spotting.settings import USUAL


def get_config() -> ConfigDict:
    """Returns the method and every constant; mol_jax/spotting/settings.py has units and sources."""
    return ConfigDict({"method": "flow", "settings": dataclasses.asdict(USUAL)})
