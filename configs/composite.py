"""MOL on the MEGC2019 composite, leave one subject out: 442 clips of 68 people in three classes.

    python -m data_builders.build casme2 --source=CASME2
    python -m data_builders.build smic --source=SMIC
    python -m data_builders.build samm --source=SAMM
    python -m mol_jax.main --config=configs/composite.py --workdir=runs/composite

The three built datasets are joined when they are loaded. With the organisers' list,
`--config.data.check_csv=combined_3class_gt.csv`, the clips and classes are checked against it. Any
other union is written as `--config.data.view=casme2/3class_naive+samm/3class`.
"""

from configs import default


def get_config():
    """Returns the config of the composite."""
    config = default.get_config()
    config.data.name = "composite"
    config.data.view = "megc2019"
    return config
