"""From a ConfigDict to what the program takes: traced `Hparams` and hashable `Statics`.

`RULES` declares every field with what it may be. A config with a field that is not declared, or a
value outside its rule, is refused with one sentence; a misspelt name is answered with the nearest.
"""

import dataclasses
import difflib
from collections.abc import Callable
from typing import Any

import flax.struct
import numpy as np
from ml_collections import ConfigDict

from mol_jax.errors import UserError

LARGEST_MOTION = 6.0  # px; generated skin would fold over itself beyond
ALIGNED_PER_CROP = 9 / 8  # the aligned image is 144 px for a crop of 128 (Section 4.1)


@dataclasses.dataclass(frozen=True)
class Rule:
    """What a field may be: a test, and the words for it in a refusal."""

    allows: Callable[[Any], bool]
    words: str


def _number(low: float, high: float, *, open_low: bool = False) -> Rule:
    def allows(value):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and low <= value <= high and not (open_low and value == low)

    return Rule(allows, f"a number {'above' if open_low else 'from'} {low:g} to {high:g}")


def _integer(low: int, high: int = 2**31 - 1) -> Rule:
    def allows(value):
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return Rule(allows, f"a whole number from {low} to {high}")


def _choice(*options: Any) -> Rule:
    def allows(value):
        return any(value == option and type(value) is type(option) for option in options)

    return Rule(allows, "one of " + ", ".join(map(str, options)))


def _each(rule: Rule, *, length: int | None = None, empty: bool = False) -> Rule:
    def allows(value):
        is_list = isinstance(value, tuple | list) and (empty or len(value) > 0)
        return is_list and length in (None, len(value)) and all(map(rule.allows, value))

    count = "any number" if empty else length or "one or more"
    return Rule(allows, f"a tuple of {count}, each {rule.words}")


def _distinct(rule: Rule) -> Rule:
    return Rule(
        lambda value: rule.allows(value) and len(set(value)) == len(value),
        f"{rule.words}, without repeats",
    )


_FLAG = Rule(lambda value: isinstance(value, bool), "True or False")
_TEXT = Rule(lambda value: isinstance(value, str), "text")
_NAME = Rule(lambda value: isinstance(value, str) and bool(value), "text that is not empty")
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
        _each(_number(0.0, LARGEST_MOTION, open_low=True), length=2).allows(value)
        and value[0] <= value[1]
    ),
    f"a pair (low, high) of px with 0 < low <= high <= {LARGEST_MOTION:g}",
)

RULES: dict[str, Rule] = {
    "seeds": _distinct(_each(_integer(0))),
    "data.name": _NAME,
    "data.view": _NAME,
    "data.dir": _NAME,
    "data.frames": _choice(2, 4, 8, 16),
    "data.alignment": _choice("clip", "per_frame", "smoothed"),
    "data.flow": _choice("tvl1", "tvl1_smooth", "dis"),
    "data.allow_count_mismatch": _FLAG,
    "data.check_csv": _TEXT,
    "data.generate.subjects": _integer(2, 99),
    "data.generate.clips": _integer(1, 999),
    "data.generate.seed": _integer(0),
    "data.generate.emotions": _distinct(_each(_NAME)),
    "data.generate.amplitude": _AMPLITUDE,
    "protocol.name": _choice("loso", "kfold"),
    "protocol.folds": _integer(2),
    "protocol.only": _distinct(_each(_NAME, empty=True)),
    "tasks.mer": _FLAG,
    "tasks.flow": _FLAG,
    "tasks.landmarks": _FLAG,
    "model.crop": _CROP,
    "model.width": _WIDTH,
    "model.num_f5c": _integer(0, 16),
    "model.neighbours": _integer(1),
    "model.fcc": _choice("both", "vertical", "horizontal", "transformer", "none"),
    "model.ccc": _FLAG,
    "model.fusion": _choice("concat", "concat_channels", "add", "subtract", "first", "last", "all"),
    "model.flow_width": _number(0.0, 4.0, open_low=True),
    "model.landmark_width": _number(0.0, 4.0, open_low=True),
    "model.mer_width": _number(0.0, 4.0, open_low=True),
    "model.dropout": _number(0.0, 0.99),
    "model.dtype": _choice("float32", "bfloat16"),
    "loss.lambda_flow": _number(0.0, 1e6),
    "loss.lambda_landmark": _number(0.0, 1e6),
    "loss.label_smoothing": _number(0.0, 0.99),
    "augment.crop_jitter": _number(0.0, 1.0),
    "augment.flip_probability": _number(0.0, 1.0),
    "optim.learning_rate": _number(0.0, 10.0, open_low=True),
    "optim.weight_decay": _number(0.0, 10.0),
    "optim.b1": _number(0.0, 0.9999),
    "optim.b2": _number(0.0, 0.999999),
    "optim.eps": _number(0.0, 1.0, open_low=True),
    "train.steps": _integer(1),
    "train.batch_size": _integer(2),
    "train.log_every": _integer(1),
    "train.save_every": _integer(1),
    "train.keep_weights": _FLAG,
    "predict.batch_size": _integer(1),
    "runtime.loop": _choice("auto", "host", "scan"),
    "runtime.lowering": _choice("auto", "lax", "patches"),
    "runtime.devices": _integer(0),
    "runtime.group": _integer(1),
    "runtime.cache_dir": _TEXT,
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
    _check_together(config)


def _check_together(config: ConfigDict) -> None:
    if not any(config.tasks.values()):
        raise UserError("tasks.mer, tasks.flow and tasks.landmarks are all False; turn one on.")
    if config.train.save_every % config.train.log_every:
        raise UserError(
            f"train.save_every is {config.train.save_every}, which is no multiple of "
            f"train.log_every ({config.train.log_every}); a checkpoint is written between chunks."
        )
    if config.train.steps % config.train.log_every:
        raise UserError(
            f"train.steps is {config.train.steps}, which is no multiple of train.log_every "
            f"({config.train.log_every}); the last chunk would be compiled on its own."
        )
    if config.model.neighbours > config.model.width:
        raise UserError(
            f"model.neighbours is {config.model.neighbours}, but there are only model.width = "
            f"{config.model.width} channels to choose from."
        )


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
        dtype=model.dtype,
        lowering=config.runtime.lowering,
        b1=optim.b1,
        b2=optim.b2,
        eps=optim.eps,
        batch_size=config.train.batch_size,
    )
