"""MOL trained on all of CASME II and tested on all of SMIC, in three classes, with five seeds.

    python -m data_builders.build casme2 --source=CASME2
    python -m data_builders.build smic --source=SMIC
    python -m mol_jax.main --config=configs/cross.py --workdir=runs/cross

One model is tested per seed, so that the report gives the spread over seeds beside the interval
over people. The train map is the view of the first part, `casme2/3class_megc2019`. Another pair
is another view and two sides:

    --config.data.view=samm/3class+smic/3class
    --config.protocol.train="('samm',)" --config.protocol.test="('smic',)"
"""

from configs import default


def get_config():
    """Returns the config of CASME II → SMIC."""
    config = default.get_config()
    config.seeds = (0, 1, 2, 3, 4)
    config.data.name = "composite"
    config.data.view = "casme2/3class_megc2019+smic/3class"
    config.protocol.name = "cross"
    config.protocol.train = ("casme2",)
    config.protocol.test = ("smic",)
    return config
