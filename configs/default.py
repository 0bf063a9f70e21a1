"""Every field there is, with its unit and where its value comes from; other configs change a few.

"paper" is Shao et al., "MOL: Joint Estimation of Micro-Expression, Optical Flow, and Landmark via
Transformer-Graph-Style Convolution" (2025). "traced" fields are arguments of the compiled program
and can be swept without compiling again; the others shape it.

What each field may be, and what the paper has for it, is in `mol_jax/settings/fields.py`.
"""

from ml_collections import ConfigDict, FieldReference

from mol_jax.settings.find import find
from mol_jax.settings.unread import set_neutral


def get_config(network: str = "mol") -> ConfigDict:
    """Returns the config of the paper's CASME II run with five classes (Section 4.1).

    network: as in model.network, whose fields config.model has.
    """
    kind = find(network)
    config = ConfigDict()
    config.seeds = (0,)  # one study per seed; scores are means over seeds, never pooled

    config.data = ConfigDict()
    config.data.name = "casme2"  # a dataset of data_builders
    config.data.view = "5class"  # the class set, see data_builders/<name>/views.py; or a map.csv
    config.data.dir = "data/tfds"  # where data_builders.build wrote
    config.data.frames = 8  # t: frames sampled from onset to offset (Section 4.1)
    config.data.crop = 128  # px, a multiple of 8; the aligned image is 9/8 of it (Section 4.1)
    config.data.alignment = "clip"  # paper: per_frame, which adds detector jitter to the flow
    config.data.flow = "tvl1"  # paper: tvl1; dis: see data_builders/records/README.md
    config.data.sampling = "even"  # t frames as they are; tim: interpolated in time
    config.data.phases = 0  # shifted samples of each clip beside the even one
    config.data.magnify = 0  # alpha of Eulerian magnification, a build with --magnify; paper: none
    # What is made of onset and apex at load: annotated, middle (of the clip, which stands in where
    # there is no apex), spotted_flow, spotted_frequency (mol_jax/data/spotting.py).
    config.data.apex_source = "annotated"
    config.data.normalisation = "fixed"  # x/127.5 - 1; subject: by each subject's mean and maximum,
    # as the authors' release does, which reads statistics off the test subject
    config.data.allow_count_mismatch = False  # train although a published clip count is not met
    config.data.check_csv = ""  # MEGC2019's combined_3class_gt.csv, to check the clips against

    # Generated clips, made and built on the first run where data.name is "synthetic".
    config.data.generate = ConfigDict()
    config.data.generate.subjects = 8
    config.data.generate.clips = 9  # per subject
    config.data.generate.seed = 0
    config.data.generate.emotions = ("happiness", "surprise", "disgust")
    config.data.generate.amplitude = (1.0, 4.0)  # peak displacement, px of the 280×340 image

    config.protocol = ConfigDict()
    # loso, kfold: subject-disjoint folds. cross: train on some datasets of a composite, test on
    # others. lovo: leave one video out, which is not subject-independent.
    config.protocol.name = "loso"
    config.protocol.folds = 5  # folds of kfold
    config.protocol.train = ()  # datasets of cross that are trained on, as ("casme2",)
    config.protocol.test = ()  # datasets of cross that are tested, as ("smic",)
    config.protocol.only = ()  # names of the folds to work on now, as ("sub01",); (): all of them

    # Which step of a fold is tested (mol_jax/scoring/chosen_step.py).
    config.selection = ConfigDict()
    config.selection.name = "fixed"  # the last; or inner: the best on people held in for that
    config.selection.every = 0  # steps between two points to choose from; 0: the last step alone
    config.selection.validation = 0.2  # inner: the share of a fold's training people, or how many
    config.selection.leaky_oracle = False  # shows what choosing on the test people would pretend

    # What the network is to do, of what it can: Table VIII switches MOL's tasks off in turn.
    config.tasks = ConfigDict()
    config.tasks.mer = "mer" in kind.tasks  # micro-expression recognition
    config.tasks.flow = "flow" in kind.tasks  # optical flow
    config.tasks.landmarks = "landmarks" in kind.tasks  # 68 facial landmarks

    # The network: one of `BUILT_IN` in mol_jax/settings/find.py, or one of your own as mine.py:KIND
    # (docs/extend.md). Its fields stand with it, each with its unit and source, as in
    # mol_jax/networks/mol/kind.py.
    config.model = kind.defaults(network)

    config.loss = ConfigDict()
    config.loss.label_smoothing = 0.0  # traced; paper: none
    config.loss.focal_gamma = 0.0  # traced; above 0: focal loss; paper: none
    config.loss.logit_adjustment = 0.0  # traced; times log class frequency; paper: none
    config.loss.auxiliary = "none"  # supcon: supervised contrastive, on the last hidden layer
    config.loss.lambda_auxiliary = 0.1  # traced; its weight
    config.loss.temperature = 0.1  # traced; of supcon
    # Weights of losses of what the logits are made of, the paper has none. Each traced, but 0 has a
    # program of its own, without it (mol_jax/networks/metric_losses.py).
    config.loss.center = 0.0  # half the squared distance to a centre of the class; 0.003 is common
    config.loss.triplet = 0.0  # batch-hard triplets, of unit length
    config.loss.triplet_margin = 0.2  # traced; a distance on the unit sphere, up to 2
    config.loss.cosface = 0.0  # cross entropy of cosines with a direction of each class
    config.loss.cosface_scale = 30.0  # traced; of the cosines, as logits
    config.loss.cosface_margin = 0.35  # traced; what the label's cosine is less

    config.augment = ConfigDict()
    config.augment.crop_jitter = 1.0  # traced; 1: anywhere in the aligned image, 0: the centre
    config.augment.flip_probability = 0.5  # traced; mirror a whole clip

    config.optim = ConfigDict()
    config.optim.name = "adam"  # (Section 4.1); sgd: with momentum, if that is above 0
    config.optim.learning_rate = 5e-5  # traced; Section 4.1, "initial": no schedule is given
    config.optim.schedule = "constant"  # cosine: falls along half a cosine until train.steps
    config.optim.warmup = 0  # traced; updates before the rate is whole, rising evenly; paper: none
    config.optim.final_share = 0.0  # traced; of the rate, what a cosine ends at; paper: none
    config.optim.weight_decay = 0.0  # traced; decoupled (AdamW); the paper's Adam has none
    config.optim.l2 = 0.0  # traced; coupled: times a parameter, added to its gradient; paper: none
    config.optim.momentum = 0.0  # traced; of sgd: the share of the last update's sum that is kept
    config.optim.b1 = 0.9  # of adam, as the two below: its own numbers; the paper gives none
    config.optim.b2 = 0.999
    config.optim.eps = 1e-8

    config.train = ConfigDict()
    config.train.steps = 1000  # per fold, a fixed budget; paper silent, the release's number
    config.train.batch_size = 32  # clips (Section 4.1)
    config.train.sampler = "uniform"  # balanced: every class has the same chance in every draw
    config.train.phase = "even"  # random: one of data.phases for each clip and step
    config.train.log_every = 50  # steps between two rows of history.csv
    config.train.save_minutes = 5.0  # of wall clock between two saves of what is trained, each at
    # the next row of history.csv; 0: never by the clock
    config.train.save_every = 0  # and steps between two saves, a multiple of log_every; 0: only by
    # the clock
    config.train.keep_weights = True  # of finished folds; False: only their predictions, as in
    # sweeps, whose weights would fill a disk; --mode=eval then has nothing to predict with

    config.predict = ConfigDict()
    config.predict.batch_size = 8  # clips; does not change a result
    config.predict.phases = "even"  # all: probabilities averaged over a video's phases
    config.predict.keep = ()  # clips whose flow and landmarks, or displacement, are kept, as
    # ("casme2/sub01/EP02_01f",), for figures (docs/dense.md); changes no result

    config.runtime = ConfigDict()
    config.runtime.loop = "auto"  # host: one step a call; scan: log_every steps a call
    config.runtime.lowering = "auto"  # of convolutions (mol_jax/networks/convolutions.py): auto,
    # lax or patches
    config.runtime.devices = 0  # how many of this machine's devices to use; 0: all, of the cores of
    # a CPU as many as memory has room for
    # Replicas that a device trains at once (vmap); 1: one after another; auto: the fastest that
    # fits, timed before a program trains for the first time (docs/devices.md).
    config.runtime.group = FieldReference(1, field_type=int | str)
    config.runtime.deterministic = False  # on a GPU: kernels that give the same bits every time,
    # which are slower; a CPU's do without it (docs/devices.md)
    config.runtime.cache_dir = "~/.cache/mol_jax/xla"  # compiled programs; "" keeps none

    # What training starts from, and what of it stands still (docs/fine_tuning.md). The paper's own
    # weights, of Aff-Wild2, are not public.
    config.init = ConfigDict()
    config.init.weights = ""  # a file, a run of mol_jax.pretrain, or a name in
    # ~/.cache/mol_jax/weights; "": drawn
    config.init.fresh = ()  # parts drawn anew all the same, as ("mer_head",); what tells the
    # classes apart is where these are others
    config.init.rates = ()  # of parts, over that of optim: ("f5c_0:0.1",); the longest name counts
    config.init.frozen = ()  # parts that are not trained, statistics included, as ("conv_stack",)
    set_neutral(config)  # what works on clips' parts that the network does not read
    return config.lock()
