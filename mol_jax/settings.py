"""From a ConfigDict to what the program takes: traced `Hparams` and hashable `Statics`.

`RULES` declares every field with what it may be. A config with a field that is not declared, or a
value outside its rule, is refused with one sentence; a misspelt name is answered with the nearest.
"""

import dataclasses
import difflib
from typing import Any

import flax.struct
import numpy as np
from ml_collections import ConfigDict

from mol_jax.contradictions import check_together
from mol_jax.errors import UserError
from mol_jax.rules import FLAG, NAME, TEXT, Rule, choice, distinct, each, integer, number

LARGEST_MOTION = 6.0  # px; generated skin would fold over itself beyond
ALIGNED_PER_CROP = 9 / 8  # the aligned image is 144 px for a crop of 128 (Section 4.1)

_CROP = Rule(
    lambda value: isinstance(value, int) and value >= 64 and value % 64 == 0,
    "a multiple of 64 (the flow decoder halves it six times)",
)
_WIDTH = Rule(
    lambda value: isinstance(value, int) and value >= 16 and value % 16 == 0,
    "a multiple of 16 (the conv stack starts at a sixteenth of it)",
)
_AMPLITUDE = Rule(
    lambda value: (
        each(number(0.0, LARGEST_MOTION, open_low=True), length=2).allows(value)
        and value[0] <= value[1]
    ),
    f"a pair (low, high) of px with 0 < low <= high <= {LARGEST_MOTION:g}",
)
_SHARE = Rule(
    lambda value: (
        number(0.0, 1e6, open_low=True).allows(value) and (value < 1 or float(value).is_integer())
    ),
    "a fraction between 0 and 1 of the persons, or how many of them (1, 2, ...)",
)

RULES: dict[str, Rule] = {
    "seeds": distinct(each(integer(0))),
    "data.name": NAME,
    "data.view": NAME,
    "data.dir": NAME,
    "data.frames": choice(2, 4, 8, 16),
    "data.alignment": choice("clip", "per_frame", "smoothed"),
    "data.flow": choice("tvl1", "tvl1_smooth", "dis"),
    "data.sampling": choice("even", "tim"),
    "data.phases": integer(0, 99),
    "data.normalisation": choice("fixed", "subject"),
    "data.allow_count_mismatch": FLAG,
    "data.check_csv": TEXT,
    "data.generate.subjects": integer(2, 99),
    "data.generate.clips": integer(1, 999),
    "data.generate.seed": integer(0),
    "data.generate.emotions": distinct(each(NAME)),
    "data.generate.amplitude": _AMPLITUDE,
    "protocol.name": choice("loso", "kfold", "lovo", "cross"),
    "protocol.folds": integer(2),
    "protocol.train": distinct(each(NAME, empty=True)),
    "protocol.test": distinct(each(NAME, empty=True)),
    "protocol.only": distinct(each(NAME, empty=True)),
    "selection.name": choice("fixed", "inner"),
    "selection.every": integer(0),
    "selection.validation": _SHARE,
    "selection.leaky_oracle": FLAG,
    "tasks.mer": FLAG,
    "tasks.flow": FLAG,
    "tasks.landmarks": FLAG,
    "model.crop": _CROP,
    "model.width": _WIDTH,
    "model.num_f5c": integer(0, 16),
    "model.neighbours": integer(1),
    "model.fcc": choice("both", "vertical", "horizontal", "transformer", "none"),
    "model.ccc": FLAG,
    "model.fusion": choice("concat", "concat_channels", "add", "subtract", "first", "last", "all"),
    "model.flow_width": number(0.0, 4.0, open_low=True),
    "model.landmark_width": number(0.0, 4.0, open_low=True),
    "model.mer_width": number(0.0, 4.0, open_low=True),
    "model.dropout": number(0.0, 0.99),
    "model.dtype": choice("float32", "bfloat16"),
    "loss.lambda_flow": number(0.0, 1e6),
    "loss.lambda_landmark": number(0.0, 1e6),
    "loss.label_smoothing": number(0.0, 0.99),
    "loss.focal_gamma": number(0.0, 10.0),
    "loss.logit_adjustment": number(0.0, 10.0),
    "loss.auxiliary": choice("none", "supcon"),
    "loss.lambda_auxiliary": number(0.0, 1e6),
    "loss.temperature": number(0.01, 100.0),
    "augment.crop_jitter": number(0.0, 1.0),
    "augment.flip_probability": number(0.0, 1.0),
    "optim.learning_rate": number(0.0, 10.0, open_low=True),
    "optim.weight_decay": number(0.0, 10.0),
    "optim.b1": number(0.0, 0.9999),
    "optim.b2": number(0.0, 0.999999),
    "optim.eps": number(0.0, 1.0, open_low=True),
    "train.steps": integer(1),
    "train.batch_size": integer(2),
    "train.sampler": choice("uniform", "balanced"),
    "train.phase": choice("even", "random"),
    "train.log_every": integer(1),
    "train.save_every": integer(1),
    "train.keep_weights": FLAG,
    "predict.batch_size": integer(1),
    "predict.phases": choice("even", "all"),
    "runtime.loop": choice("auto", "host", "scan"),
    "runtime.lowering": choice("auto", "lax", "patches"),
    "runtime.devices": integer(0),
    "runtime.group": integer(1),
    "runtime.cache_dir": TEXT,
}


@flax.struct.dataclass
class Hparams:
    """What may differ between replicas of one compiled program: float32 scalars.

    Units and sources stand in configs/default.py, under the field named in `TRACED`.
    """

    learning_rate: Any
    weight_decay: Any
    lambda_flow: Any
    lambda_landmark: Any
    label_smoothing: Any
    focal_gamma: Any
    logit_adjustment: Any
    lambda_auxiliary: Any
    temperature: Any
    dropout: Any
    crop_jitter: Any
    flip_probability: Any


@dataclasses.dataclass(frozen=True)
class Statics:
    """What shapes the program: hashable, as a static argument of a jitted function must be."""

    num_classes: int
    frames: int  # t
    crop: int  # px
    width: int
    num_f5c: int
    neighbours: int
    fcc: str
    ccc: bool
    fusion: str
    flow_width: float
    landmark_width: float
    mer_width: float
    tasks: tuple[str, ...]
    auxiliary: str
    balanced: bool  # whether batches are drawn so that classes have the same chance
    random_phase: bool  # whether a clip shows a random one of its phases
    dtype: str
    lowering: str
    b1: float
    b2: float
    eps: float
    batch_size: int


# The traced field of each hyperparameter: replicas of one compiled program may differ in these.
TRACED = {
    "learning_rate": "optim.learning_rate",
    "weight_decay": "optim.weight_decay",
    "lambda_flow": "loss.lambda_flow",
    "lambda_landmark": "loss.lambda_landmark",
    "label_smoothing": "loss.label_smoothing",
    "focal_gamma": "loss.focal_gamma",
    "logit_adjustment": "loss.logit_adjustment",
    "lambda_auxiliary": "loss.lambda_auxiliary",
    "temperature": "loss.temperature",
    "dropout": "model.dropout",
    "crop_jitter": "augment.crop_jitter",
    "flip_probability": "augment.flip_probability",
}


def flatten(config: ConfigDict) -> dict[str, Any]:
    """Returns {"optim.learning_rate": 5e-5, ...}, nested fields joined by dots."""
    flat: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, ConfigDict):
            flat |= {f"{name}.{inner}": v for inner, v in flatten(value).items()}
        else:
            flat[name] = value
    return flat


def unknown_field(name: str) -> UserError:
    """Returns the refusal of a field that does not exist, with the nearest that does."""
    near = difflib.get_close_matches(name, RULES, n=1, cutoff=0.0)[0]
    return UserError(
        f"there is no config field {name!r}: did you mean {near!r}? All of them are in "
        "configs/default.py."
    )


def check(config: ConfigDict) -> None:
    """Raises UserError for an unknown, missing or out-of-range field, or two that contradict."""
    if not isinstance(config, ConfigDict):
        raise UserError(
            f"the config file's get_config() returned a {type(config).__name__}; it must return "
            "the ConfigDict of configs/default.py, changed."
        )
    flat = flatten(config)
    for name in flat:
        if name not in RULES:
            raise unknown_field(name)
    for name, rule in RULES.items():
        if name not in flat:
            raise UserError(
                f"config field {name!r} is missing: start from configs/default.py's get_config()."
            )
        if not rule.allows(flat[name]):
            raise UserError(f"{name} is {flat[name]!r}; it must be {rule.words}.")
    check_together(config)


def aligned_size(config: ConfigDict) -> int:
    """Returns the side in px of the aligned image that the crop is taken from."""
    return int(config.model.crop * ALIGNED_PER_CROP)


def tasks(config: ConfigDict) -> tuple[str, ...]:
    """Returns the names of the tasks that are on, in the order mer, flow, landmarks."""
    return tuple(name for name in ("mer", "flow", "landmarks") if config.tasks[name])


def hparams(config: ConfigDict) -> Hparams:
    """Returns the traced leaves of a checked config."""
    flat = flatten(config)
    return Hparams(**{name: np.float32(flat[field]) for name, field in TRACED.items()})


def statics(config: ConfigDict, *, num_classes: int) -> Statics:
    """Returns the static fields of a checked config for a view of `num_classes` classes."""
    model, optim = config.model, config.optim
    return Statics(
        num_classes=num_classes,
        frames=config.data.frames,
        crop=model.crop,
        width=model.width,
        num_f5c=model.num_f5c,
        neighbours=model.neighbours,
        fcc=model.fcc,
        ccc=model.ccc,
        fusion=model.fusion,
        flow_width=model.flow_width,
        landmark_width=model.landmark_width,
        mer_width=model.mer_width,
        tasks=tasks(config),
        auxiliary=config.loss.auxiliary,
        balanced=config.train.sampler == "balanced",
        random_phase=config.train.phase == "random",
        dtype=model.dtype,
        lowering=config.runtime.lowering,
        b1=optim.b1,
        b2=optim.b2,
        eps=optim.eps,
        batch_size=config.train.batch_size,
    )
