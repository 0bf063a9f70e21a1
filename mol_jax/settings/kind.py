"""What the settings know of a network: its fields, its tasks, what it reads, how it is made.

A kind is found by name (`mol_jax.settings.find`) and needs no JAX; the network that it builds is
`mol_jax.networks.network.Network`. `docs/extend.md` has a whole one of a user's own.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from ml_collections import ConfigDict

from mol_jax.settings.fields import FIELDS, Field

if TYPE_CHECKING:
    from mol_jax.classic.estimator import Method
    from mol_jax.networks.network import Network

Lowering = Literal["auto", "lax", "patches"]  # how a convolution is computed
TASKS = ("mer", "flow", "landmarks")
READABLE = ("frames", "flow", "landmarks")  # leaves of the clip table, beside those of recipes
# Recipes made of the flow between the frames of a record's sample, by data.frames.
SEQUENCES = {frames: f"flow_sequence_{frames}" for frames in (4, 8, 10, 16)}
SIDES = (28, 32, 60, 64)  # px of the images that a clip is shrunk to
# Recipes that are the same whichever frame is the apex; mol_jax.data.recipe says it of each.
WITHOUT_APEX = (
    "tim_frames", "onset_landmarks", "dynamic_image", "aus", "has_aus",
    *SEQUENCES.values(), *(f"dynamic_image_{side}" for side in SIDES),
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Shape:
    """The sizes that a network is built for, and how it computes its convolutions.

    num_classes: of the view. frames: t of a clip. crop: px, the side of what a network sees. side:
    px, of the aligned image that it is cut from. lowering: of convolutions, "lax", "patches" or
    "auto" (`mol_jax.networks.convolutions`).
    """

    num_classes: int
    frames: int
    crop: int
    side: int
    lowering: Lowering = "auto"


def _nothing(_: ConfigDict) -> None:
    """Refuses no config."""


@dataclasses.dataclass(frozen=True, eq=False)
class Kind:
    """A network as the settings see it.

    fields: of config.model, by their names there, each with its rule and its default. A traced one
    is handed to the losses as a scalar of its `traced` name; any other shapes the program. None is
    called "network", which every config.model has.
    build: makes the network of a checked config. Where JAX is imported, it is imported in here.
    None of a kind with a method.
    reads: which leaves of the clip table are loaded: "frames", "flow", "landmarks", or a recipe of
    `mol_jax.data.recipe`.
    tasks: which of mer, flow and landmarks it can do.
    check: raises UserError for fields of its own that cannot stand together.
    method: makes what is fitted to a fold's training rows at once, of a checked config and the
    number of classes, as an SVM on hand-crafted features. It has no steps, and draws nothing.
    targets: which leaves that are read it is only taught and never looks at, so that no class hangs
    on them.
    Raises ValueError for a name that is taken, a default that its rule does not allow, a task or
    a target that there is not, or a kind with both of build and method or none.
    """

    fields: Mapping[str, Field]
    build: Callable[[ConfigDict, Shape], "Network"] | None
    reads: Callable[[ConfigDict], tuple[str, ...]]
    tasks: tuple[str, ...] = ("mer",)
    check: Callable[[ConfigDict], None] = _nothing
    method: Callable[[ConfigDict, int], "Method"] | None = None
    targets: tuple[str, ...] = ()

    def __post_init__(self):
        if (self.build is None) == (self.method is None):
            raise ValueError("a kind has either build, of a network, or method, fitted at once")
        taken = [field.traced for field in FIELDS.values() if field.traced] + ["steps"]
        for name, field in self.fields.items():
            if name == "network":
                raise ValueError("a field cannot be called 'network', which names the kind")
            if not field.rule.allows(field.default):
                words = field.rule.words
                raise ValueError(f"the default of {name!r} is {field.default!r}, not {words}")
            if field.traced in taken:
                raise ValueError(f"the traced name {field.traced!r} of {name!r} is taken")
            taken += [field.traced] * bool(field.traced)
        for task in set(self.tasks) - set(TASKS):
            raise ValueError(f"{task!r} is none of the tasks {', '.join(TASKS)}")
        for leaf in set(self.targets) - set(READABLE):
            raise ValueError(f"the target {leaf!r} is none of {', '.join(READABLE)}")

    def defaults(self, network: str) -> ConfigDict:
        """Returns config.model for this kind, which is found under the name `network`."""
        values: dict[str, Any] = {name: field.default for name, field in self.fields.items()}
        return ConfigDict({"network": network} | values)
