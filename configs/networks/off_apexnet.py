"""OFF-ApexNet on the MEGC2019 composite, leave one subject out: 442 clips of 68 people, 3 classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/off_apexnet.py --workdir=runs/off_apexnet

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
Flow from onset to apex as 28×28 px, a stream for each direction, two hidden layers, 2,664,475
parameters: Gan et al., "OFF-ApexNet on Micro-expression Recognition System", 2019.

Recipe: Adam 1e-4, 64 clips an update, no augmentation, the last step is tested. A tenth of the
paper's 3,000 epochs: 2,100 updates. configs/networks/off_apexnet_paper.py makes all 21,000; give
the scores of both.

Time: 3 hours of one core by updates that were timed; five seeds on an H100, 68 folds side by
side: 2 minutes (docs/gpu.md). No whole study was.

What is published of these 442 clips, in %, where "free" says that no epoch was chosen on the people
who are tested, and "leaky" that one was:

    as STSTNet's paper prints it              UF1 71.96  UAR 70.96  Acc 74.60  not stated
    a public notebook, one stream of 807,909  UF1 70.32                        free
      parameters, which is another network
    the same, at its best epoch               UF1 83.90                        leaky
"""

from configs import default


def get_config():
    """Returns the config of OFF-ApexNet's study in a tenth of the paper's updates."""
    config = default.get_config("off_apexnet")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # the record's flow is from onset to apex
    config.augment.flip_probability = 0.0
    config.optim.learning_rate = 1e-4
    config.train.steps = 2100  # 300 epochs of the largest fold
    config.train.batch_size = 64
    config.predict.batch_size = 64  # clips are small
    return config
