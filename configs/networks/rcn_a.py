"""RCN-A on the MEGC2019 composite, leave one subject out: 442 clips of 68 people, three classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/rcn_a.py --workdir=runs/rcn_a

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
Flow and strain from onset to apex as 60×60 px, a recurrent convolution and an attention without
parameters, 55,555 parameters: Xia et al., "Revealing the Invisible with Model and Data Shrinking
for Composite-database Micro-expression Recognition", 2020.

Recipe: 700 updates of 64 clips, SGD with momentum 0.9 at a constant rate of 5e-4, no augmentation,
the last step is tested: 100 epochs of the largest fold, as in the authors' code, which makes a
schedule and does not step it. The sizes are its script's; model.channels=32 and model.pool=5 are
those that the paper counts 15,331 parameters of (here 15,235, without biases before batch norm).

Time: 11 hours of one core by updates that were timed; five seeds on an H100, 68 folds side by
side: 5 minutes (docs/gpu.md). No whole study was.

Of these 442 clips no published figure is given here: none could be confirmed. The authors' code
scores the last epoch once, which is free: no epoch is chosen on the people who are tested.
"""

from configs import default


def get_config():
    """Returns the config of RCN-A's study."""
    config = default.get_config("rcn_a")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # the record's flow is from onset to apex
    config.augment.crop_jitter = 0.0
    config.augment.flip_probability = 0.0
    config.optim.name = "sgd"
    config.optim.momentum = 0.9
    config.optim.learning_rate = 5e-4
    config.train.steps = 700
    config.train.batch_size = 64
    config.predict.batch_size = 64  # clips are small
    return config
