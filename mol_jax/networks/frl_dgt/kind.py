"""FRL-DGT as the settings see it: its fields with their sources. Nothing here needs JAX.

"paper" is Zhai et al., "Feature Representation Learning with Adaptive Displacement Generation and
Transformer Fusion for Micro-Expression Recognition" (CVPR 2023). Of the rows of its Table 2, M9 is
what stands here; the others change a field or two.

The image is the whole aligned one: S = 9/8 of data.crop, and nothing is cropped. frl: the paper
does not say how large it is. At 288 px its regions of 90 px are about as large as they are in the
face, and 288 is a multiple of 18 and of 16, which patches and halvings need.
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind, Shape
from mol_jax.settings.rules import FLAG, choice, integer, number

if TYPE_CHECKING:
    from mol_jax.networks.network import Network

_WEIGHT = number(0.0, 1e6)

FIELDS = {
    # What stands for motion beside the two frames: the network's own displacement, TV-L1 flow from
    # onset to apex (M1; with normalise=none M0), or the dynamic image (M2)
    "motion": Field(choice("dgm", "flow", "dynamic_image"), default="dgm"),
    # FRL-DGT-S: ten frames of the whole clip, interpolated in time, in place of onset and apex
    "sequence": Field(FLAG, default=False),
    # Motion over its largest component: in what the classifier sees; of the displacement itself,
    # the paper read literally; or not at all. frl: see mol_jax/networks/frl_dgt/motion.py
    "normalise": Field(choice("classifier", "output", "none"), default="classifier"),
    # Eq 4 on the labelled pair and a random pair of the same clip; clip: on the labelled one alone
    # (M3). frl: "self-supervised" is the paper's word for the random pairs. none: nowhere
    "self_supervision": Field(choice("pairs", "clip", "none"), default="pairs"),
    # nine boxes about action units; grid: 3×3 tiles (M5)
    "regions": Field(choice("au", "grid"), default="au"),
    # tokens meet before attention (Eqs 5-7); after: M4
    "fusion": Field(choice("before", "after"), default="before"),
    # False: the mean stands in its place (M7, M8)
    "local_fusion": Field(FLAG, default=True),
    "global_fusion": Field(FLAG, default=True),
    # the whole face beside its regions; False: M6
    "full_face": Field(FLAG, default=True),
    # px: of a patch's side, and of the side that regions are resampled to (Section 3.2)
    "patch": Field(integer(2, 128), default=18),
    "au_side": Field(integer(4, 512), default=90),
    # C and h. frl: the paper has no sizes of its transformers
    "dim": Field(integer(4, 2048), default=256),
    "heads": Field(integer(1, 32), default=8),
    # frl: "multiple" layers; the MLP's ratio is ViT's
    "depth": Field(integer(1, 12), default=2),
    "mlp_ratio": Field(integer(1, 8), default=4),
    # how often the displacement module halves the image; multiplies its channels. frl: silent
    "dgm_levels": Field(integer(1, 6), default=4),
    "dgm_width": Field(number(0.0, 4.0, open_low=True), default=1.0),
    # frames: training draws an apex so far from the annotated one, at most. Where motion is dgm,
    # and of onset and apex. frl: "before or after" it, without a range
    "apex_shift": Field(integer(0, 2), default=2),
    # g: training takes the apex's motion up to g times as far, along TV-L1 flow; 1: never. frl: the
    # paper augments by MagNet and gives no factor; this stands in for it
    "magnify": Field(number(1.0, 20.0), default=1.0),
    # α: the largest displacement, in halves of the image (Section 3.1)
    "alpha": Field(number(0.0, 2.0, open_low=True), default=0.2),
    # or bfloat16: the compute type; parameters, displacements and what they are made of stay
    # float32. Patches that the classifier projects are rounded, by up to a quarter of a grey level
    "dtype": Field(choice("float32", "bfloat16"), default="float32"),
    # share of the classifier's gradient that reaches the displacement module (Section 3.1)
    "gate": Field(number(0.0, 1.0), default=1e-6, traced="gate"),
    # λ of Eq 4: reconstruction, size and smoothness of the displacement
    "lambda_rec": Field(_WEIGHT, default=10.0, traced="lambda_rec"),
    "lambda_nm": Field(_WEIGHT, default=1.0, traced="lambda_nm"),
    "lambda_sm": Field(_WEIGHT, default=0.2, traced="lambda_sm"),
    # the displacement module's own learning rate, constant: optim.* is of all else (Section 4.1)
    "dgm_rate": Field(number(0.0, 10.0, open_low=True), default=0.002, traced="dgm_rate"),
    # on what each layer of attention adds. frl: none is named
    "dropout": Field(number(0.0, 0.99), default=0.0, traced="dropout"),
}


def _check(config: ConfigDict) -> None:
    """Raises UserError for sizes that do not divide, or options that would do nothing."""
    _check_sizes(config)
    model = config.model
    displaced = model.motion == "dgm"
    if model.sequence and not displaced:
        raise UserError(
            f"model.sequence is on and model.motion is {model.motion}; a clip's frames have no "
            "such motion: set model.motion=dgm or model.sequence=False."
        )
    if not displaced and model.normalise == "output":
        others = "classifier or none" if model.motion == "flow" else "classifier"
        raise UserError(
            f"model.normalise is output, which is of the displacement module, but model.motion is "
            f"{model.motion}; set model.normalise to {others}."
        )
    if model.motion == "dynamic_image" and model.normalise == "none":
        raise UserError(
            "model.normalise is none and model.motion is dynamic_image, which is over its largest "
            "number as it is made; leave model.normalise classifier."
        )
    if not displaced and model.self_supervision != "pairs":
        raise UserError(
            f"model.self_supervision is {model.self_supervision}, which is of the displacement "
            f"module, but model.motion is {model.motion}, without one; leave it pairs."
        )
    if model.magnify > 1 and (model.sequence or not displaced):
        raise UserError(
            f"model.magnify is {model.magnify:g}, which moves the apex alone; it goes with "
            "model.motion=dgm and model.sequence=False, otherwise leave it 1."
        )
    if displaced and model.self_supervision == "none" and model.gate < 1:
        raise UserError(
            f"model.self_supervision is none and model.gate is {model.gate:g}: nothing would train "
            "the displacement module; set model.gate=1."
        )


def _check_sizes(config: ConfigDict) -> None:
    model, side = config.model, config.data.crop * 9 // 8
    of_image = {f"model.patch = {model.patch}": model.patch}
    if model.motion == "dgm":
        of_image[f"2^model.dgm_levels = {2**model.dgm_levels}"] = 2**model.dgm_levels
    for words, divisor in of_image.items():
        if side % divisor:
            raise UserError(
                f"data.crop is {config.data.crop}, so the image has {side} px (9/8 of it), which "
                f"is no multiple of {words}; as is 288 px of data.crop=256."
            )
    if model.au_side % model.patch:
        raise UserError(
            f"model.au_side is {model.au_side}, which is no multiple of model.patch "
            f"({model.patch}); regions are cut into patches."
        )
    if model.dim % model.heads:
        raise UserError(
            f"model.dim is {model.dim}, which is no multiple of model.heads ({model.heads})."
        )


def _reads(config: ConfigDict) -> tuple[str, ...]:
    """Returns what the fields ask for; flow is what displacements are measured against too."""
    model = config.model
    if model.sequence:
        frames: tuple[str, ...] = ("tim_frames",)
    else:
        motion = "dynamic_image" if model.motion == "dynamic_image" else "flow_onset_apex"
        frames = "key_frames", motion
    return frames + ("onset_landmarks",) * (model.regions == "au")


def _build(config: ConfigDict, shape: Shape) -> "Network":
    from mol_jax.networks.frl_dgt import network  # noqa: PLC0415  settings are read without JAX

    return network.build(config, shape)


KIND = Kind(fields=FIELDS, build=_build, reads=_reads, check=_check)
