"""FRL-DGT on the MEGC2019 composite, leave one subject out: 442 clips of 68 people, three classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite_288 \\
        --size=288 --frames=16,24
    python -m mol_jax.main --config=configs/networks/frl_dgt.py --workdir=runs/frl_dgt

Zhai et al., "Feature Representation Learning with Adaptive Displacement Generation and Transformer
Fusion for Micro-Expression Recognition" (CVPR 2023), the row M9 of its Table 2. Its fields stand in
mol_jax/networks/frl_dgt/kind.py, with "frl:" where the paper is silent.
"""

from configs import default


def get_config():
    """Returns the config of FRL-DGT's study."""
    config = default.get_config("frl_dgt")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite_288"
    # Nothing of the record's samples is read: its frames from onset to offset are. frl: the paper
    # calibrates every frame; that would put a pixel of jitter into the displacement.
    config.data.frames = 2
    config.data.crop = 256  # px: the whole aligned image of 288 is shown
    config.augment.flip_probability = 0.0  # none is named
    config.optim.learning_rate = 1e-4  # of all but the displacement module; frl: not given
    config.optim.schedule = "cosine"  # Section 4.1: of the fusion
    config.train.steps = 1500  # frl: no epochs are given; each clip is shown 108 times
    config.train.batch_size = 32  # Section 4.1
    config.predict.batch_size = 32
    return config
