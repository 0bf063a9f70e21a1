"""Class views of CASME II, and of the generated clips in its layout.

Three different three-class sets are in use for CASME II, of 145, 147 and 156 clips: a view's name
says which one it is.
"""

import dataclasses

from data_builders.views.view import View

FIVE = ("happiness", "disgust", "repression", "surprise", "others")
THREE = ("negative", "positive", "surprise")
THREE_MAPPING = {
    "disgust": "negative",
    "repression": "negative",
    "happiness": "positive",
    "surprise": "surprise",
}

CASME2 = (
    View(
        name="5class",
        dataset="casme2",
        classes=FIVE,
        mapping={emotion: emotion for emotion in FIVE},
        rule="happiness, disgust, repression, surprise and others; sadness and fear left out",
        expected_clips=246,
        expected_subjects=26,
    ),
    View(
        name="5class_release",
        dataset="casme2",
        classes=FIVE,
        mapping={emotion: emotion for emotion in FIVE},
        rule="5class without sub18, as the authors' release has it",
        expected_clips=243,
        expected_subjects=25,
        exclude_subjects=("sub18",),
    ),
    View(
        name="3class_megc2019",
        dataset="casme2",
        classes=THREE,
        mapping=THREE_MAPPING,
        rule="MEGC2019: negative is disgust and repression, positive is happiness, surprise; only "
        "clips with an apex after the onset",
        expected_clips=145,
        expected_subjects=24,
        needs_apex=True,
    ),
    View(
        name="3class_naive",
        dataset="casme2",
        classes=THREE,
        mapping=THREE_MAPPING,
        rule="negative is disgust and repression, positive is happiness, surprise; clips without a "
        "usable apex are kept",
        expected_clips=147,
        expected_subjects=24,
    ),
    View(
        name="3class_wide",
        dataset="casme2",
        classes=THREE,
        mapping=THREE_MAPPING | {"sadness": "negative", "fear": "negative"},
        rule="negative is disgust, repression, sadness and fear, positive is happiness, surprise",
        expected_clips=156,
        expected_subjects=25,
    ),
    View(
        name="4class",
        dataset="casme2",
        classes=(*THREE, "others"),
        mapping={
            "disgust": "negative",
            "sadness": "negative",
            "fear": "negative",
            "happiness": "positive",
            "surprise": "surprise",
            "repression": "others",
            "others": "others",
        },
        rule="negative is disgust, sadness and fear, positive is happiness, surprise, others is "
        "others and repression",
        expected_clips=255,
        expected_subjects=26,
    ),
)

# The release's view names a subject of the real dataset; a generated sub18 is another matter.
SYNTHETIC = tuple(
    dataclasses.replace(view, dataset="synthetic", expected_clips=None, expected_subjects=None)
    for view in CASME2
    if not view.exclude_subjects
)

VIEWS = CASME2 + SYNTHETIC
