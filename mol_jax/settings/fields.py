"""The table of all config fields: what each may be, where it counts, and what the paper has for it.

A new field is a line here and one in configs/default.py, which has its unit, its source and its
value; one that shapes the program is a line of `mol_jax/training/program.py` too. The fields of a
network stand with it (`mol_jax.settings.kind`). What the project has to know of a field stands
here: what is checked, what a sweep may change and what a session, and what a report names beside
the paper's figures.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from mol_jax.settings.parts import PART, PART_RATE
from mol_jax.settings.rules import (
    FLAG,
    NAME,
    TEXT,
    Rule,
    choice,
    distinct,
    each,
    integer,
    number,
    or_word,
)

LARGEST_MOTION = 6.0  # px; generated skin would fold over itself beyond


@dataclasses.dataclass(frozen=True)
class OfRow:
    """What a row of the paper's tables is of, as its dataset: a run stands beside an equal row.

    mol: the value in the rows of MOL itself, where these have one in common. instead: values that
    no row has; a run with one of them stands beside the rows of `mol`, and it is named there.
    """

    mol: Any = None
    instead: tuple[Any, ...] = ()


@dataclasses.dataclass(frozen=True)
class Silent:
    """The paper does not say. release: what its authors' release has, None if that is not known."""

    release: Any = None


ABOVE_0 = object()


@dataclasses.dataclass(frozen=True)
class OnlyWhere:
    """The paper has no such field: it counts only where one of `others` has the value given.

    `ABOVE_0` stands for every number above 0.
    """

    others: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class NoResult:
    """The field says how a run is computed, kept or checked, and changes no figure."""


NO_RESULT = NoResult()


@dataclasses.dataclass(frozen=True)
class NotOfPaper:
    """The field is of another network than the paper's."""


NOT_OF_PAPER = NotOfPaper()


@dataclasses.dataclass(frozen=True)
class Field:
    """What is known of one field.

    rule: what it may be. default: of a network's field, what it is where nothing else is said; of
    all others that stands in configs/default.py. traced: its name among the scalars, arguments of
    the compiled program; "" where it is none. optional: of a traced one, whether 0 leaves what it
    asks for out of the program, so that trials at 0 and above it are compiled apart. shared:
    whether all trials of a study have it in common, as their clips, folds and seeds, and how they
    are run. free: whether a workdir may go on with another value, which moves a result by rounding
    at most. paper: the paper's value, or one of the markers above.
    """

    rule: Rule
    _: dataclasses.KW_ONLY
    default: Any = None
    traced: str = ""
    optional: bool = False
    shared: bool = False
    free: bool = False
    paper: Any = NOT_OF_PAPER


_CROP = Rule(
    lambda value: isinstance(value, int) and value >= 8 and value % 8 == 0,
    "a multiple of 8 (the aligned image is 9/8 of it)",
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
_NAMES = distinct(each(NAME, empty=True))
_PARTS = distinct(each(PART, empty=True))

_GENERATED = OnlyWhere({"data.name": "synthetic"})
_PHASES = OnlyWhere({"train.phase": "random", "predict.phases": "all"})
_KFOLD = OnlyWhere({"protocol.name": "kfold"})
_INNER = OnlyWhere({"selection.name": "inner"})
_COSINE = OnlyWhere({"optim.schedule": "cosine"})
_SGD = OnlyWhere({"optim.name": "sgd"})
_AUXILIARY = OnlyWhere({"loss.auxiliary": "supcon"})
_TRIPLET, _COSFACE = OnlyWhere({"loss.triplet": ABOVE_0}), OnlyWhere({"loss.cosface": ABOVE_0})

FIELDS: dict[str, Field] = {
    "seeds": Field(distinct(each(integer(0))), shared=True, paper=Silent()),
    "data.name": Field(NAME, shared=True, paper=OfRow()),
    "data.view": Field(NAME, shared=True, paper=OfRow()),
    "data.dir": Field(NAME, shared=True, free=True, paper=NO_RESULT),
    "data.frames": Field(choice(2, 4, 8, 10, 16), shared=True, paper=OfRow(8)),
    "data.crop": Field(_CROP, shared=True, paper=128),
    "data.alignment": Field(
        choice("clip", "per_frame", "smoothed"), shared=True, paper="per_frame"
    ),
    "data.flow": Field(choice("tvl1", "dis"), shared=True, paper="tvl1"),
    "data.sampling": Field(choice("even", "tim"), shared=True, paper="even"),
    "data.phases": Field(integer(0, 99), shared=True, paper=_PHASES),
    "data.magnify": Field(integer(0, 100), shared=True, paper=0),
    "data.apex_source": Field(
        choice("annotated", "middle", "spotted_flow", "spotted_frequency"),
        shared=True,
        paper="annotated",
    ),
    "data.normalisation": Field(choice("fixed", "subject"), shared=True, paper=Silent("subject")),
    "data.allow_count_mismatch": Field(FLAG, shared=True, paper=False),
    "data.check_csv": Field(TEXT, shared=True, free=True, paper=NO_RESULT),
    "data.generate.subjects": Field(integer(2, 99), shared=True, paper=_GENERATED),
    "data.generate.clips": Field(integer(1, 999), shared=True, paper=_GENERATED),
    "data.generate.seed": Field(integer(0), shared=True, paper=_GENERATED),
    "data.generate.emotions": Field(distinct(each(NAME)), shared=True, paper=_GENERATED),
    "data.generate.amplitude": Field(_AMPLITUDE, shared=True, paper=_GENERATED),
    "protocol.name": Field(
        choice("loso", "kfold", "lovo", "cross", "all"), shared=True, paper=OfRow("loso")
    ),
    "protocol.folds": Field(integer(2), shared=True, paper=_KFOLD),
    "protocol.train": Field(_NAMES, shared=True, paper=OfRow(())),
    "protocol.test": Field(_NAMES, shared=True, paper=OfRow(())),
    "protocol.only": Field(_NAMES, shared=True, free=True, paper=NO_RESULT),
    "selection.name": Field(choice("fixed", "inner"), shared=True, paper=Silent("fixed")),
    "selection.every": Field(integer(0), shared=True, paper=_INNER),
    "selection.validation": Field(_SHARE, shared=True, paper=_INNER),
    "selection.leaky_oracle": Field(FLAG, shared=True, paper=NO_RESULT),
    "tasks.mer": Field(FLAG, paper=OfRow(True)),
    "tasks.flow": Field(FLAG, paper=OfRow(True)),
    "tasks.landmarks": Field(FLAG, paper=OfRow(True)),
    "model.network": Field(NAME, shared=True, paper=OfRow("mol")),
    "loss.label_smoothing": Field(number(0.0, 0.99), traced="label_smoothing", paper=0.0),
    "loss.focal_gamma": Field(number(0.0, 10.0), traced="focal_gamma", paper=0.0),
    "loss.logit_adjustment": Field(number(0.0, 10.0), traced="logit_adjustment", paper=0.0),
    "loss.auxiliary": Field(choice("none", "supcon"), paper="none"),
    "loss.lambda_auxiliary": Field(number(0.0, 1e6), traced="lambda_auxiliary", paper=_AUXILIARY),
    "loss.temperature": Field(number(0.01, 100.0), traced="temperature", paper=_AUXILIARY),
    "loss.center": Field(number(0.0, 1e6), traced="center", optional=True, paper=0.0),
    "loss.triplet": Field(number(0.0, 1e6), traced="triplet", optional=True, paper=0.0),
    "loss.triplet_margin": Field(number(0.0, 2.0), traced="triplet_margin", paper=_TRIPLET),
    "loss.cosface": Field(number(0.0, 1e6), traced="cosface", optional=True, paper=0.0),
    "loss.cosface_scale": Field(
        number(0.0, 1e3, open_low=True), traced="cosface_scale", paper=_COSFACE
    ),
    "loss.cosface_margin": Field(number(0.0, 2.0), traced="cosface_margin", paper=_COSFACE),
    "augment.crop_jitter": Field(number(0.0, 1.0), traced="crop_jitter", paper=1.0),
    "augment.flip_probability": Field(number(0.0, 1.0), traced="flip_probability", paper=0.5),
    "optim.name": Field(choice("adam", "sgd"), paper="adam"),
    "optim.learning_rate": Field(
        number(0.0, 10.0, open_low=True), traced="learning_rate", paper=5e-5
    ),
    "optim.schedule": Field(choice("constant", "cosine"), paper=Silent("constant")),
    "optim.warmup": Field(integer(0), traced="warmup", paper=Silent(0)),
    "optim.final_share": Field(number(0.0, 1.0), traced="final_share", paper=_COSINE),
    "optim.weight_decay": Field(number(0.0, 10.0), traced="weight_decay", paper=0.0),
    "optim.l2": Field(number(0.0, 10.0), traced="l2", optional=True, paper=0.0),
    "optim.momentum": Field(number(0.0, 0.9999), traced="momentum", optional=True, paper=_SGD),
    "optim.b1": Field(number(0.0, 0.9999), paper=0.9),  # "Adam": its own numbers are meant
    "optim.b2": Field(number(0.0, 0.999999), paper=0.999),
    "optim.eps": Field(number(0.0, 1.0, open_low=True), paper=1e-8),
    "train.steps": Field(integer(1), paper=Silent(1000)),
    "train.batch_size": Field(integer(2), paper=32),
    "train.sampler": Field(choice("uniform", "balanced"), paper="uniform"),
    "train.phase": Field(choice("even", "random"), paper=Silent("random")),
    "train.log_every": Field(integer(1), shared=True, paper=NO_RESULT),
    "train.save_every": Field(integer(0), shared=True, free=True, paper=NO_RESULT),
    "train.save_minutes": Field(number(0.0, 1e6), shared=True, free=True, paper=NO_RESULT),
    "train.keep_weights": Field(FLAG, shared=True, free=True, paper=NO_RESULT),
    "predict.batch_size": Field(integer(1), shared=True, free=True, paper=NO_RESULT),
    "predict.keep": Field(_NAMES, shared=True, free=True, paper=NO_RESULT),
    "predict.phases": Field(choice("even", "all"), shared=True, paper=Silent("all")),
    "runtime.loop": Field(choice("auto", "host", "scan"), shared=True, paper=NO_RESULT),
    "runtime.lowering": Field(choice("auto", "lax", "patches"), shared=True, paper=NO_RESULT),
    "runtime.devices": Field(integer(0), shared=True, free=True, paper=NO_RESULT),
    "runtime.group": Field(or_word(integer(1), "auto"), shared=True, free=True, paper=NO_RESULT),
    "runtime.deterministic": Field(FLAG, shared=True, free=True, paper=NO_RESULT),
    "runtime.cache_dir": Field(TEXT, shared=True, free=True, paper=NO_RESULT),
    # The paper's own are of Aff-Wild2, which is said beside its figures whatever a run starts from.
    "init.weights": Field(TEXT, paper=""),
    "init.fresh": Field(_PARTS, paper=()),
    "init.rates": Field(distinct(each(PART_RATE, empty=True)), paper=()),
    "init.frozen": Field(_PARTS, paper=()),
}
