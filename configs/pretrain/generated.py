"""A pre-training on generated faces that two cores finish in a quarter of an hour.

    python -m mol_jax.pretrain --config=configs/pretrain/generated.py --workdir=runs/generated

The network is that of configs/synthetic.py, so that its weights can be fine-tuned on those clips.
For a GPU, at the paper's size: configs/pretrain/generated_full.py.
"""

from configs import synthetic
from mol_jax.settings import pretraining


def get_config():
    """Returns the small config, which has every field of config.pretrain."""
    config = synthetic.get_config()
    with config.unlocked():
        for name in ("subjects", "clips", "amplitude"):  # of clips that are built, not of these
            config.data.generate[name] = pretraining.NEUTRAL["data"]["generate"][name]
        config.data.dir = "data/tfds"
        config.data.name = "generated"  # drawn while it is trained on; else a built dataset
        config.data.view = "3class"  # or 5class, those of CASME II

        config.pretrain = pretraining.defaults()
        config.pretrain.identities = 1000  # generated people in the stream
        config.pretrain.clips = 4  # of each of them
        config.pretrain.seed = 0  # of all that is drawn of people and clips
        config.pretrain.flow = "exact"  # targets: exact, or as tvl1 or dis find it in the frames
        config.pretrain.landmarks = "exact"  # or as dlib finds them
        config.pretrain.variety = 1.0  # of faces, from 0 to 2; 1: as wide as recordings may be
        # Each person has a share of that from here to 1: on hard faces alone, nothing is learned of
        # motions that small in as many steps (docs/pretraining.md).
        config.pretrain.easiest = 0.1
        config.pretrain.held_out = 50  # people who are never trained on; of a build, by the seed
        config.pretrain.facts = 64  # first clips, of which class counts and the mean face are
        config.pretrain.every = 500  # steps between two looks at who is held out
        config.pretrain.measure = "uf1"  # that decides there: uf1, uar, acc, epe or nme
        config.pretrain.patience = 0  # looks without a better one, after which it stops; 0: none,
        # for here the rate falls until the end
        config.pretrain.workers = 2  # processes that draw clips; 0: a thread of this one
        config.pretrain.ahead = 4  # batches that are drawn before they are asked for
        config.pretrain.keep = 2.0  # GB of drawn clips that stay in memory for the next epochs
        config.optim.schedule = "cosine"
        config.optim.warmup = 100
        config.train.steps = 4000
        config.train.batch_size = 16
    return config
