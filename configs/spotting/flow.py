"""Spotting by flow, its constants as tuned on generated videos: see docs/spotting.md.

python -m data_builders.synthetic.long --out=data/long --seed=200 --videos=24
python -m mol_jax.spotting --config=configs/spotting/flow.py --videos=data/long --out=runs/spot
"""

import dataclasses

from ml_collections import ConfigDict

from mol_jax.spotting.settings import USUAL


def get_config() -> ConfigDict:
    """Returns the method and every constant; mol_jax/spotting/settings.py has units and sources."""
    return ConfigDict({"method": "flow", "settings": dataclasses.asdict(USUAL)})
