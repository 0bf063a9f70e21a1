"""Which settings matter on your own recordings: each of a few changed alone, in one job.

    python -m launch.sweep --config=configs/sweeps/folder_small.py --dry_run
    python -m launch.sweep --config=configs/sweeps/folder_small.py

`docs/own_recordings.md` has what it gave on 60 clips of 10 people. t (`data.frames`) is not swept,
as another t is another build: `--config.data.frames=4` runs all of this on it. The best of these
trials is picked by the tested people, so its score is flattered; the report gives what is not.
"""

from configs import folder_small
from mol_jax.settings.space import chain, values


def get_config():
    """Returns the base config, which the trials change."""
    config = folder_small.get_config()
    config.train.keep_weights = False
    config.train.steps = 500  # the half, for the sake of time; its last trial has them all
    return config


def get_trials():
    """Returns the base config, then one change at a time; the longest training is the last."""
    return chain(
        [{}],
        values("augment.crop_jitter", [0.0, 1.0]),
        values("train.batch_size", [6]),
        values("train.steps", [1000]),
    )
