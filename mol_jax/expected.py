"""How many clips and folds a config has, known before its dataset is built."""

from ml_collections import ConfigDict

from data_builders.views import View, get_view
from mol_jax import generated
from mol_jax.errors import UserError


def clips(config: ConfigDict) -> int:
    """Returns the clips of the config's view: those published for it, or those to be drawn.

    Raises UserError where that is not known.
    """
    view = get_view(config.data.name, config.data.view)
    if view.expected_clips is not None:
        return view.expected_clips
    _refuse_unknown(view, "clips")
    drawn = config.data.generate
    emotions = [drawn.emotions[n % len(drawn.emotions)] for n in range(drawn.clips)]
    return drawn.subjects * sum(emotion in view.mapping for emotion in emotions)


def folds(config: ConfigDict) -> int:
    """Returns how many folds the config's protocol makes; raises as `clips` does."""
    view = get_view(config.data.name, config.data.view)
    subjects = view.expected_subjects
    if config.protocol.name == "kfold":
        if subjects is not None and config.protocol.folds > subjects:
            raise UserError(
                f"protocol.folds is {config.protocol.folds}, but {view.dataset} {view.name} has "
                f"{subjects} subjects; choose 2 to {subjects} folds."
            )
        return config.protocol.folds
    if subjects is not None:
        return subjects
    _refuse_unknown(view, "folds")
    return config.data.generate.subjects


def _refuse_unknown(view: View, what: str) -> None:
    if view.dataset != generated.NAME:
        raise UserError(
            f"it is not known how many {what} the view {view.name} of {view.dataset} has before it "
            f"is built; python -m launch.plan takes --{what}=NUMBER."
        )
