"""Class views of Aff-Wild2's expression track.

No count is expected: how many clips there are follows from the rule they are cut by, not from a
publication.
"""

from collections.abc import Mapping

from data_builders.affwild2.classes import EIGHT, SEVEN
from data_builders.views.view import View

THREE = ("negative", "positive", "surprise")
THREE_MAPPING = {
    "anger": "negative",
    "disgust": "negative",
    "fear": "negative",
    "sadness": "negative",
    "happiness": "positive",
    "surprise": "surprise",
}


def _view(name: str, classes: tuple[str, ...], mapping: Mapping[str, str], rule: str) -> View:
    return View(
        name=name,
        dataset="affwild2",
        classes=classes,
        mapping=mapping,
        rule=rule,
        expected_clips=None,
        expected_subjects=None,
    )


def _as_labelled(name: str, classes: tuple[str, ...], rule: str) -> View:
    return _view(name, classes, {emotion: emotion for emotion in classes}, rule)


VIEWS = (
    _as_labelled("8class", EIGHT, "as labelled; releases of seven classes have no other"),
    _as_labelled("7class", SEVEN, "as labelled, other left out"),
    _view(
        "3class",
        THREE,
        THREE_MAPPING,
        "negative is anger, disgust, fear and sadness, positive is happiness, surprise; neutral "
        "and other left out",
    ),
)
