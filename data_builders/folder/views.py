"""The class view of anybody's own recordings: the labels they gave are the classes."""

from data_builders.views.view import EveryLabel

VIEWS = (
    EveryLabel(
        name="all",
        dataset="folder",
        classes=(),
        mapping={},
        rule="every label of labels.csv is a class",
        expected_clips=None,
        expected_subjects=None,
    ),
)
