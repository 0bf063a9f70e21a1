"""A pre-training on generated faces that two cores finish in a quarter of an hour.

    python -m mol_jax.pretrain --config=configs/pretrain/generated.py --workdir=runs/generated

The network is that of configs/synthetic.py, so that its weights can be fine-tuned on those clips.
For a GPU, at the paper's size: --config=configs/pretrain/generated.py:full
"""

from configs import default
from mol_jax.settings import pretraining


def get_config(size: str = "small"):
    """Returns the config. size: small, or full, at the sizes of configs/default.py."""
    config = default.get_config()
    with config.unlocked():
        config.pretrain = pretraining.defaults()
        config.data.name = "generated"  # drawn while it is trained on; else a built dataset
        config.data.view = "3class"  # or 5class, those of CASME II
        config.pretrain.identities = 10_000  # people in the stream, of generated faces
        config.pretrain.clips = 4  # of each person
        config.pretrain.seed = 0  # of all that is drawn of people and clips
        config.pretrain.flow = "exact"  # targets: exact, or as tvl1 or dis find it in the frames
        config.pretrain.landmarks = "exact"  # or as dlib finds them
        config.pretrain.variety = 1.0  # of faces, from 0 to 2; 1: as wide as recordings may be
        config.pretrain.held_out = 50  # people who are never trained on, of a build drawn by seeds
        config.pretrain.facts = 64  # first clips that class counts and the mean face are of
        config.pretrain.every = 100  # steps between two looks at who is held out
        config.pretrain.measure = "uf1"  # that decides there: uf1, uar, acc, epe, nme
        config.pretrain.patience = 10  # looks without a better one, then it stops; 0: never
        config.pretrain.workers = 1  # processes that draw clips; 0: a thread of the training's own
        config.pretrain.ahead = 4  # batches that are drawn before they are asked for
        config.train.log_every = 50
        if size == "full":
            config.pretrain.identities = 100_000
            config.pretrain.every = 1000
            config.pretrain.workers = 12
            config.pretrain.ahead = 24
            config.train.steps = 50_000
            config.optim.warmup = 500
            config.optim.schedule = "cosine"
            return config
        assert size == "small", size
        config.data.frames = 2
        config.data.crop = 64
        config.model.width = 32
        config.model.flow_width = 0.125
        config.model.landmark_width = 0.25
        config.augment.crop_jitter = 0.25
        config.optim.learning_rate = 2e-3
        config.train.steps = 2000
        config.train.batch_size = 16
    return config
