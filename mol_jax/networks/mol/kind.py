"""MOL as the settings see it: its fields with their units and sources. Nothing here needs JAX."""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import Field, OfRow, Silent
from mol_jax.settings.kind import TASKS, Kind, Shape
from mol_jax.settings.rules import FLAG, Rule, choice, integer, number

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

HALVED = 64  # px: the flow decoder halves the crop six times

_WIDTH = Rule(
    lambda value: isinstance(value, int) and value >= 16 and value % 16 == 0,
    "a multiple of 16 (the conv stack starts at a sixteenth of it)",
)
_SCALE = number(0.0, 4.0, open_low=True)
_FUSION = choice("concat", "concat_channels", "add", "subtract", "first", "last", "all")
_FCC = choice("both", "vertical", "horizontal", "halves", "transformer", "none")
_MEAN_FACE_OR_ZERO = choice("mean_face", "zero")

FIELDS = {
    # C, channels of the shared features (Table I)
    "width": Field(_WIDTH, default=128, paper=128),
    # F5C blocks (Table X)
    "num_f5c": Field(integer(0, 16), default=1, paper=OfRow(1)),
    # k of CCC, chosen on inner validation sets in the paper
    "neighbours": Field(integer(1), default=4, paper=4),
    # both, vertical, horizontal, transformer, none (Tables IX and XI); halves: on two halves of the
    # channels, one branch each, with batch norm and without 1×1 convolutions (authors' release)
    "fcc": Field(_FCC, default="both", paper=OfRow("both", instead=("halves",))),
    # channel correspondence convolution (Table IX)
    "ccc": Field(FLAG, default=True, paper=OfRow(True)),
    # CCC's vertices (Eq 4); spatial: positions, biased and without the 1×1 convolution, as in the
    # authors' release
    "graph": Field(choice("channels", "spatial"), default="channels", paper="channels"),
    # f_i is subtracted from f_j (Eq 4); twice: the authors' release
    "edge": Field(choice("once", "twice"), default="once", paper="once"),
    # "the same F5C block" (Section 3.2); per_frame: the first and the second frame of a pair have
    # weights of their own (authors' release)
    "f5c": Field(choice("shared", "per_frame"), default="shared", paper="shared"),
    # how two frames' features meet in the MER head (Table XII)
    "fusion": Field(_FUSION, default="concat", paper=OfRow("concat")),
    # multiplies all channels of the flow head
    "flow_width": Field(_SCALE, default=1.0, paper=Silent(1.0)),
    # Where the landmark head's output starts: at the mean face of a fold's training rows, or at 0.
    # paper: silent; from 0, λ_m = 68 lets the landmarks drown the rest for hundreds of steps.
    "landmark_start": Field(_MEAN_FACE_OR_ZERO, default="mean_face", paper=Silent()),
    # multiplies the hidden sizes of the landmark head, and of the MER head
    "landmark_width": Field(_SCALE, default=1.0, paper=Silent(1.0)),
    "mer_width": Field(_SCALE, default=1.0, paper=Silent(1.0)),
    # in the MER head (authors' release)
    "dropout": Field(number(0.0, 0.99), default=0.5, traced="dropout", paper=Silent(0.5)),
    # or bfloat16: the compute type; parameters stay float32
    "dtype": Field(choice("float32", "bfloat16"), default="float32", paper=Silent("float32")),
    # λ_f and λ_m of Eq 9
    "lambda_flow": Field(number(0.0, 1e6), default=0.1, traced="lambda_flow", paper=0.1),
    "lambda_landmark": Field(number(0.0, 1e6), default=68.0, traced="lambda_landmark", paper=68.0),
}


def _check(config: ConfigDict) -> None:
    """Raises UserError for a crop that cannot be halved, or too many neighbours."""
    model, crop = config.model, config.data.crop
    if crop % HALVED:
        raise UserError(
            f"data.crop is {crop}; for MOL it must be a multiple of {HALVED} (its flow head halves "
            "it six times)."
        )
    vertices = {
        "channels": (model.width, f"model.width = {model.width} channels"),
        "spatial": ((crop // 8) ** 2, f"(data.crop / 8)² = {(crop // 8) ** 2} places"),
    }
    most, words = vertices[model.graph]
    if model.neighbours > most:
        raise UserError(
            f"model.neighbours is {model.neighbours}, but there are only {words} to choose from."
        )


def _reads(_: ConfigDict) -> tuple[str, ...]:
    return "frames", "flow", "landmarks"


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.mol import network  # noqa: PLC0415  settings are read without JAX

    return network.build(config, shape)


KIND = Kind(
    fields=FIELDS,
    build=_build,
    reads=_reads,
    targets=("flow", "landmarks"),
    tasks=TASKS,
    check=_check,
)
