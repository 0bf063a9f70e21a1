"""Class views of SMIC, whose raw labels are the three classes. Of its recordings, the HS ones."""

from data_builders.views import View

THREE = ("negative", "positive", "surprise")

VIEWS = (
    View(
        name="3class",
        dataset="smic",
        classes=THREE,
        mapping={emotion: emotion for emotion in THREE},
        rule="negative, positive and surprise as labelled, all HS clips (100 frames a second)",
        expected_clips=164,
        expected_subjects=16,
    ),
)
