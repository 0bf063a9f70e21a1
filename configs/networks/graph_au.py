"""GRAPH-AU on the MEGC2019 composite, leave one subject out: 442 clips of 68 people, three classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/graph_au.py --workdir=runs/graph_au

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
Flow and strain from onset to apex about 30 landmarks of brows and mouth, attention over them, and
which action units go together in a fold's training clips, 667,048 parameters: Lei et al.,
"Micro-expression Recognition Based on Facial Graph Representation Learning and Facial Action Unit
Fusion", 2021, by its code for testing. SMIC's clips have no action units and are not counted.

Recipe: 700 updates of 64 clips (100 epochs of the largest fold), Adam 1e-4, no augmentation, the
last step is tested. Its optimiser, budget and stopping are not public: these are ours. Nor is the
network that magnified the motion in its images, so its score is not to be expected.

Time: half an hour of two cores for a seed, by updates that were timed (`python -m launch.plan
--measure`). No whole study was.

What is published of these 442 clips, in %, where "free" says that no epoch was chosen on the people
who are tested:

    GRAPH-AU, its paper   UF1 79.14  UAR 79.33  not known; weights of one fold are named the best
"""

from configs import default


def get_config():
    """Returns the config of GRAPH-AU's study."""
    config = default.get_config("graph_au")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # the record's flow is from onset to apex
    config.augment.crop_jitter = 0.0
    config.augment.flip_probability = 0.0
    config.optim.learning_rate = 1e-4
    config.train.steps = 700
    config.train.batch_size = 64
    config.predict.batch_size = 64  # clips are small
    return config
