"""Hand-crafted features with an SVM as the settings see them. Nothing here needs JAX or SciPy.

They stand in `model.network` like a network, and have a method in place of a program: they are
fitted to each fold's training rows at once, outside of everything that is compiled.
"""

from typing import TYPE_CHECKING

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.config import aligned_size
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind
from mol_jax.settings.rules import FLAG, choice, integer, number

if TYPE_CHECKING:
    from mol_jax.classic.estimator import Method

LARGEST_C = 1e6


def _svm_fields(*, c: float, scaled: bool) -> dict[str, Field]:
    """Returns the fields of an SVM with these defaults."""
    return {
        # C; 0: chosen among 0.01 … 10,000 by people of the fold's training rows
        "c": Field(number(0.0, LARGEST_C), default=c),
        # each component to mean 0 and variance 1, by the training rows
        "scaled": Field(FLAG, default=scaled),
    }


def _flow_svm(config: ConfigDict, num_classes: int) -> "Method":
    from mol_jax.classic import methods  # noqa: PLC0415  settings are read without JAX

    return methods.flow_svm(config, num_classes)


def _lbp_top(config: ConfigDict, num_classes: int) -> "Method":
    from mol_jax.classic import methods  # noqa: PLC0415  as above

    return methods.lbp_top(config, num_classes)


def _bi_woof(config: ConfigDict, num_classes: int) -> "Method":
    from mol_jax.classic import methods  # noqa: PLC0415  as above

    return methods.bi_woof(config, num_classes)


def _mdmo(config: ConfigDict, num_classes: int) -> "Method":
    from mol_jax.classic import methods  # noqa: PLC0415  as above

    return methods.main_direction(config, num_classes)


def _check_blocks(config: ConfigDict) -> None:
    """Raises UserError where a block would have no pixel."""
    side, model = aligned_size(config), config.model
    left = side - 2 * model.radius
    if left < model.blocks:
        raise UserError(
            f"model.blocks is {model.blocks}, but data.crop={config.data.crop} gives images of "
            f"{side} px, of which model.radius={model.radius} leaves {left}; give fewer blocks or "
            "a larger crop."
        )


# The preset of the public benchmark MEB: rbf, C 28, what it is given as it is.
FLOW_SVM = Kind(
    fields={
        "normalise": Field(choice("minmax", "absmax", "fixed"), default="minmax"),
        **_svm_fields(c=28.0, scaled=False),
    },
    build=None,
    reads=lambda _: ("flow_image_32",),
    method=_flow_svm,
)
LBP_TOP = Kind(
    fields={
        "radius": Field(integer(1, 4), default=4),  # px, of rows and columns
        "radius_t": Field(integer(1, 4), default=4),  # frames, of ten
        "codes": Field(choice("uniform", "full"), default="uniform"),  # 59 or 256 of each plane
        "blocks": Field(integer(1, 16), default=8),  # on a side; in time there are two
        **_svm_fields(c=0.0, scaled=True),
    },
    build=None,
    reads=lambda _: ("tim_frames",),
    check=_check_blocks,
    method=_lbp_top,
)
BI_WOOF = Kind(
    fields=_svm_fields(c=0.0, scaled=True),
    build=None,
    reads=lambda _: ("flow_onset_apex",),
    method=_bi_woof,
)
MDMO = Kind(
    fields={
        "flow": Field(choice("dis", "tvl1"), default="dis"),  # from the first frame to each other
        **_svm_fields(c=28.0, scaled=False),
    },
    build=None,
    reads=lambda _: ("tim_frames", "onset_landmarks"),
    method=_mdmo,
)
