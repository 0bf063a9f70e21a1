"""The first thing to run on your own recordings: a small MOL on two frames of each clip.

    python -m data_builders.build folder --source=DIR --labels=labels.csv --frames=2 --size=72
    python -m mol_jax.main --config=configs/folder_small.py

The network and the training are those of `configs/synthetic.py`, on onset and apex (t = 2), with
crops near the middle of the image and five groups of people left out in turn. Skin takes more steps
to see through than drawings do. With fewer than five people, `--config.protocol.name=loso` leaves
out each of them. `docs/own_recordings.md` says which of these settings matter for 60 clips of 10
people; `configs/folder.py` has the paper's sizes.
"""

from configs import folder, synthetic


def get_config():
    """Returns the small config of every label."""
    config = synthetic.get_config()
    with config.unlocked():
        config.data = folder.get_config().data
        config.data.frames = 2
        config.data.crop = 64
        config.protocol.name = "kfold"
        config.train.steps = 1000  # 500 left half of what it learns unlearnt
    return config
