"""A first run of FRL-DGT that needs no licence and no GPU: generated clips, minutes on two cores.

    python -m mol_jax.main --config=configs/frl_dgt/small.py
    python -m mol_jax.main --config=configs/frl_dgt/small.py --config.model.self_supervision=clip \
        --workdir=runs/small_m3

The clips are drawn, then built like licensed ones. The second command is M3 of the paper's Table 2:
no random pairs. Losses and the displacement module's rate are the paper's. Image and network are
much smaller, and the fusion's rate is ten times that of configs/networks/frl_dgt.py, to learn in
few updates. Both together, and what they find against the exact motion (docs/frl_dgt.md):

    python -m benchmarks.displacement
"""

from configs import default


def get_config():
    """Returns the small config."""
    config = default.get_config("frl_dgt")
    config.data.name = "synthetic"
    config.data.view = "3class_naive"
    config.data.dir = "data/synthetic"
    config.data.frames = 2  # nothing of them is read: the record's frames from onset to offset are
    config.data.crop = 64  # px: the whole aligned image of 72 is shown
    config.data.generate.subjects = 16
    config.data.generate.clips = 6
    config.data.generate.amplitude = (3.0, 4.0)
    config.protocol.name = "kfold"
    config.protocol.folds = 4
    config.augment.flip_probability = 0.0
    config.model.dgm_levels = 2  # which leaves a map of 18×18, as four do of 288 px
    config.model.dgm_width = 0.5
    config.model.au_side = 36
    config.model.dim = 32
    config.model.heads = 4
    config.model.depth = 1
    config.optim.learning_rate = 1e-3
    config.optim.schedule = "cosine"
    # With random pairs the displacement is near zero for 200 updates, and then finds the motion.
    config.train.steps = 500
    config.train.batch_size = 12
    config.train.log_every = 50
    return config
