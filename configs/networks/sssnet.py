"""SSSNet on the MEGC2019 composite, leave one subject out: 442 clips of 68 people, three classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/sssnet.py --workdir=runs/sssnet

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
Flow and strain from onset to apex as 64×64 px, two convolutions and a hidden layer, 1,349,251
parameters: Varanka et al., "Micro-expression Recognition with Noisy Labels", 2021, by its code.

Recipe: 2,800 updates of 32 clips (200 epochs of the largest fold), Adam 1e-4 with an L2 of 1e-3
that is added to the gradient before Adam's moments, no augmentation, the last step is tested. Its
code takes the cross entropy of a softmax of the softmax: here of one.

Time: 6 hours of one core by updates that were timed; five seeds on an H100, 68 folds side by
side: 3 minutes (docs/gpu.md). No whole study was.

What is published of these 442 clips, in %, where "free" says that no epoch was chosen on the people
who are tested:

    its authors' public notebook (softmax twice)   UF1 73.94  Acc 76.02  free
      SMIC UF1 69.91, CASME II UF1 85.17, SAMM UF1 60.23
"""

from configs import default


def get_config():
    """Returns the config of SSSNet's study."""
    config = default.get_config("sssnet")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # the record's flow is from onset to apex
    config.augment.flip_probability = 0.0
    config.optim.learning_rate = 1e-4
    config.optim.l2 = 1e-3  # coupled: optim.weight_decay, which is not, means something else
    config.train.steps = 2800
    config.train.batch_size = 32
    config.predict.batch_size = 64  # clips are small
    config.runtime.loop = "scan"  # on a core 0.7 of the time of one step a call
    return config
