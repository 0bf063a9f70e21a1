"""STSTNet on the MEGC2019 composite, leave one subject out: 442 clips of 68 people, three classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/ststnet.py --workdir=runs/ststnet

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
"""

from configs import default


def get_config():
    """Returns the config of STSTNet's study."""
    config = default.get_config("ststnet")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # the record's flow is from onset to apex
    config.augment.crop_jitter = 0.0  # no augmentation, as the authors
    config.augment.flip_probability = 0.0
    config.train.steps = 500
    config.train.batch_size = 256
    config.train.save_every = 500
    config.runtime.loop = "scan"  # on two cores twice as fast as one step a call
    return config
