"""model.input of networks that read one small image: which it is. Nothing here needs JAX."""

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.settings.fields import Field
from mol_jax.settings.rules import choice

RECIPES = {"flow": "flow_image", "apex": "apex_image", "dynamic": "dynamic_image"}
# flow: (u, v, strain) from onset to apex; apex: the grey apex itself, a face without its motion, as
# a control; dynamic: one grey image of all frames (mol_jax/data/dynamic_image.py). Of a grey image
# all channels are alike. No paper of these networks has another than flow.
FIELD = Field(choice(*RECIPES), default="flow")
NORMALISE = "minmax"  # the default of model.normalise in these networks


def recipe(config: ConfigDict, side: int) -> str:
    """Returns the name of the recipe of the image, `side` px wide, as "flow_image_28"."""
    return f"{RECIPES[config.model.input]}_{side}"


def check(config: ConfigDict) -> None:
    """Raises UserError where an image that is no flow is to be normalised like one."""
    model = config.model
    if model.input != "flow" and model.normalise != NORMALISE:
        raise UserError(
            f"model.normalise is {model.normalise}, which works on flow, but model.input is "
            f"{model.input}, which is in [-1, 1] as it is; set model.normalise={NORMALISE}."
        )
