"""What the compiled program takes of a config: traced `Hparams` and hashable `Statics`."""

import dataclasses
from typing import Any, NamedTuple

import numpy as np
from ml_collections import ConfigDict

from mol_jax.settings.config import flatten, tasks
from mol_jax.settings.fields import FIELDS


class Hparams(NamedTuple):
    """What may differ between replicas of one compiled program: float32 scalars.

    Each is the field that `FIELDS` calls traced by this name; its unit and source stand in
    configs/default.py. `steps` is train.steps, where a schedule ends: replicas that differ in it
    share the program and no wave.
    """

    learning_rate: Any
    warmup: Any
    final_share: Any
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
    steps: Any


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
    graph: str
    edge: str
    f5c: str
    fusion: str
    flow_width: float
    landmark_width: float
    mer_width: float
    landmark_start: str
    tasks: tuple[str, ...]
    auxiliary: str
    balanced: bool  # whether batches are drawn so that classes have the same chance
    random_phase: bool  # whether a clip shows a random one of its phases
    dtype: str
    lowering: str
    schedule: str
    b1: float
    b2: float
    eps: float
    batch_size: int


def hparams(config: ConfigDict) -> Hparams:
    """Returns the traced leaves of a checked config."""
    flat = flatten(config)
    traced = {field.traced: flat[name] for name, field in FIELDS.items() if field.traced}
    traced |= {"steps": config.train.steps}
    return Hparams(**{name: np.float32(value) for name, value in traced.items()})


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
        graph=model.graph,
        edge=model.edge,
        f5c=model.f5c,
        fusion=model.fusion,
        flow_width=model.flow_width,
        landmark_width=model.landmark_width,
        mer_width=model.mer_width,
        landmark_start=model.landmark_start,
        tasks=tasks(config),
        auxiliary=config.loss.auxiliary,
        balanced=config.train.sampler == "balanced",
        random_phase=config.train.phase == "random",
        dtype=model.dtype,
        lowering=config.runtime.lowering,
        schedule=optim.schedule,
        b1=optim.b1,
        b2=optim.b2,
        eps=optim.eps,
        batch_size=config.train.batch_size,
    )
