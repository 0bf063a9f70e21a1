"""What shapes a compiled program: the static argument of everything in `mol_jax.training.step`."""

import dataclasses

from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.networks.metric import with_metric
from mol_jax.networks.network import Network
from mol_jax.settings.find import BUILT_IN, broken, find
from mol_jax.settings.kind import Lowering, Shape
from mol_jax.settings.parts import part_rates


@dataclasses.dataclass(frozen=True)
class Program:
    """Hashable and equal by value, as a static argument of a jitted function must be.

    scalars: the names of what may differ between replicas (`settings.scalars`); an optional one
    that is not among them is 0, and the program has nothing of it. reads: leaves of the clip table
    that the network reads. keeps_best: whether a state holds the weights of the best step so far.
    frames: t. crop, side: px, of what a network sees and of the aligned image that it is cut from.
    balanced: whether batches are drawn so that classes have the same chance. random_phase: whether
    a clip shows a random one of its phases. deterministic: whether a GPU is to give the same bits
    every time. optimiser: "adam", which b1, b2 and eps are of, or "sgd". frozen: parts that are not
    trained. rates: parts that learn at another rate, each with its factor.
    """

    network: Network
    scalars: tuple[str, ...]
    reads: tuple[str, ...]
    keeps_best: bool
    num_classes: int
    frames: int
    crop: int
    side: int
    balanced: bool
    random_phase: bool
    deterministic: bool
    optimiser: str
    schedule: str
    b1: float
    b2: float
    eps: float
    batch_size: int
    frozen: tuple[str, ...] = ()
    rates: tuple[tuple[str, float], ...] = ()


def make_program(config: ConfigDict, *, num_classes: int, auto: Lowering = "auto") -> Program:
    """Returns the program of a checked config for a view of `num_classes` classes.

    auto: the lowering of convolutions where runtime.lowering leaves that open.
    """
    optim, crop = config.optim, config.data.crop
    lowering = auto if config.runtime.lowering == "auto" else config.runtime.lowering
    side = settings.aligned_size(config)
    shape = Shape(num_classes, config.data.frames, crop, side, lowering)
    return Program(
        network=with_metric(_built(config, shape), config, num_classes),
        scalars=tuple(settings.scalars(config)),
        reads=tuple(find(config.model.network).reads(config)),
        keeps_best=config.selection.name == "inner",
        num_classes=num_classes,
        frames=config.data.frames,
        crop=crop,
        side=side,
        balanced=config.train.sampler == "balanced",
        random_phase=config.train.phase == "random",
        deterministic=config.runtime.deterministic,
        optimiser=optim.name,
        schedule=optim.schedule,
        b1=optim.b1,
        b2=optim.b2,
        eps=optim.eps,
        batch_size=config.train.batch_size,
        frozen=tuple(config.init.frozen),
        rates=part_rates(config),
    )


def _built(config: ConfigDict, shape: Shape) -> Network:
    """Returns the network of a config. Raises UserError where a user's own cannot be made."""
    name = config.model.network
    kind = find(name)
    assert kind.build is not None, f"{name} is fitted, and has no program"
    if name in BUILT_IN:
        return kind.build(config, shape)
    where = name.rpartition(":")[0]
    try:
        network = kind.build(config, shape)
        hash(network)
    except UserError:
        raise
    except Exception as error:  # it is the user's own program
        raise broken(where, error) from error
    if not isinstance(network, Network):
        raise UserError(
            f"build of {name} returned a {type(network).__name__}; it must return a "
            "mol_jax.networks.network.Network."
        )
    return network
