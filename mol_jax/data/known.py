"""How many classes, clips and folds a config has: published, drawn, or read from what is built."""

from typing import NamedTuple

from ml_collections import ConfigDict

from data_builders.views.find import get_view
from data_builders.views.view import View
from mol_jax.data import generated
from mol_jax.errors import UserError


class _UnknownError(UserError):
    """A number that only the built dataset tells."""


class Sizes(NamedTuple):
    """How many there are of each."""

    classes: int
    clips: int
    folds: int


def sizes(
    config: ConfigDict,
    *,
    classes: int | None = None,
    clips: int | None = None,
    folds: int | None = None,
) -> Sizes:
    """Returns the sizes of a config's study; those that are given stand.

    The dataset is read only where one of the others is not known before. Raises UserError where it
    is not built then, and as `folds_of` does.
    """
    view = get_view(config.data.name, config.data.view)
    try:
        return Sizes(
            classes or _known(len(view.classes) or None, view, "classes"),
            clips or clips_of(config),
            folds or folds_of(config),
        )
    except _UnknownError as unknown:
        built = _built(config, unknown)
    return Sizes(classes or built.classes, clips or built.clips, folds or built.folds)


def before_built(config: ConfigDict) -> Sizes | None:
    """Returns the sizes of a config's study, None where something is wrong or only data tell.

    With data.allow_count_mismatch only the data tell: what is published need not be there.
    """
    if config.data.allow_count_mismatch:
        return None
    view = get_view(config.data.name, config.data.view)
    try:
        classes = _known(len(view.classes) or None, view, "classes")
        return Sizes(classes, clips_of(config), folds_of(config))
    except UserError:
        return None


def classes_of(config: ConfigDict) -> tuple[str, ...]:
    """Returns the classes of the config's view, () where only the built dataset tells them."""
    return get_view(config.data.name, config.data.view).classes


def _built(config: ConfigDict, unknown: UserError) -> Sizes:
    from mol_jax.data import load, split  # noqa: PLC0415  a plan of what is published needs neither

    try:
        dataset = load.load(config, generated.place(config))
    except UserError as error:
        raise UserError(f"{unknown}. {error}") from error
    found = split.make_folds(config, dataset)
    return Sizes(len(dataset.classes), len(dataset.names), len(found))


def clips_of(config: ConfigDict) -> int:
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


def folds_of(config: ConfigDict) -> int:
    """Returns how many folds the config's protocol makes; raises as `clips_of` does.

    Raises UserError if there are fewer subjects than folds.
    """
    view = get_view(config.data.name, config.data.view)
    subjects = view.expected_subjects
    if subjects is None and view.dataset == generated.NAME:
        subjects = config.data.generate.subjects
    if config.protocol.name in ("cross", "all"):
        return 1
    if config.protocol.name == "lovo":
        return clips_of(config)
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
        raise _UnknownError(
            f"it is not known how many {what} the view {view.name} of {view.dataset} has before it "
            f"is built: build it, or give python -m launch.plan --{what}=NUMBER"
        )
    return number
