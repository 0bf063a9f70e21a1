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
    if view.dataset != generated.NAME:
        return _known(view.expected_clips, view, "clips")
    drawn = config.data.generate
    emotions = [drawn.emotions[n % len(drawn.emotions)] for n in range(drawn.clips)]
    found = drawn.subjects * sum(emotion in view.mapping for emotion in emotions)
    if not found:
        raise UserError(
            f"data.generate.emotions are {', '.join(drawn.emotions)}, none of which is in the view "
            f"{view.name}; it takes {', '.join(view.mapping)}."
        )
    return found


def folds(config: ConfigDict) -> int:
    """Returns how many folds the config's protocol makes; raises as `clips` does.

    Raises UserError if there are fewer subjects than folds.
    """
    view = get_view(config.data.name, config.data.view)
    subjects = view.expected_subjects
    if subjects is None and view.dataset == generated.NAME:
        subjects = config.data.generate.subjects
    if config.protocol.name == "cross":
        return 1
    if config.protocol.name == "lovo":
        return clips(config)
    if config.protocol.name == "loso":
        return _known(subjects, view, "folds")
    if subjects is not None and config.protocol.folds > subjects:
        raise UserError(
            f"protocol.folds is {config.protocol.folds}, but {view.dataset} {view.name} has "
            f"{subjects} subjects; choose 2 to {subjects} folds."
        )
    return config.protocol.folds


def _known(number: int | None, view: View, what: str) -> int:
    if number is None:
        raise UserError(
            f"it is not known how many {what} the view {view.name} of {view.dataset} has before it "
            f"is built; python -m launch.plan takes --{what}=NUMBER."
        )
    return number
