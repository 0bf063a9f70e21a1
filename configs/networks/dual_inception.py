"""Dual-Inception on the MEGC2019 composite, leave one subject out: 442 clips, 68 people, 3 classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/dual_inception.py --workdir=runs/dual_inception

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
Horizontal and vertical flow as 28×28 px, a stream of two inception blocks for each, 6,449,867
parameters: Zhou et al., "Dual-Inception Network for Cross-Database Micro-Expression Recognition",
2019.

Recipe: 5880 updates of 3 clips, Adam 1e-4, no dropout, no augmentation, the last step is tested:
40 epochs of the largest fold, as in the authors' Keras code, and flow to the middle frame, as there
(`--config.data.apex_source=annotated` for the apex). One thing there is otherwise. The epoch with
the lowest loss on the other people of the tested person's own dataset is kept, and nobody of that
dataset is trained on; here all other people train.

Time: 8 hours of one core by updates that were timed; five seeds on an H100, 68 folds side by
side: 6 minutes (docs/gpu.md). No whole study was.

What is published of these 442 clips, in %, where "free" says that no epoch was chosen on the people
who are tested:

    the paper    UF1 73.22  UAR 72.78    free; one of 100 rounds, it is not said which
                 UF1 by dataset: SMIC 66, CASME II 86, SAMM 59
"""

from configs import default


def get_config():
    """Returns the config of Dual-Inception's study."""
    config = default.get_config("dual_inception")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # the records hold every frame, whatever their sample is
    config.data.apex_source = "middle"
    config.augment.crop_jitter = 0.0
    config.augment.flip_probability = 0.0
    config.optim.learning_rate = 1e-4
    config.train.steps = 5880
    config.train.log_every = 60  # divides them
    config.train.batch_size = 3
    config.predict.batch_size = 64  # clips are small
    config.runtime.loop = "scan"  # on a core 0.6 of the time of one step a call
    return config
