"""Class views of SAMM, of whose 159 clips 136 or 133 are used.

Each leaves out one of its 29 subjects, who has no clip of its classes.
"""

from data_builders.views.view import View

# Copies of the workbook write "Other" or "Others".
OTHERS = {"other": "others", "others": "others"}
THREE = ("negative", "positive", "surprise")

VIEWS = (
    View(
        name="5class",
        dataset="samm",
        classes=("happiness", "anger", "contempt", "surprise", "others"),
        mapping={e: e for e in ("happiness", "anger", "contempt", "surprise")} | OTHERS,
        rule="happiness, anger, contempt, surprise and others; disgust, fear and sadness left out",
        expected_clips=136,
        expected_subjects=28,
    ),
    View(
        name="3class",
        dataset="samm",
        classes=THREE,
        mapping={
            "anger": "negative",
            "contempt": "negative",
            "disgust": "negative",
            "fear": "negative",
            "sadness": "negative",
            "happiness": "positive",
            "surprise": "surprise",
        },
        rule="MEGC2019: negative is anger, contempt, disgust, fear and sadness, positive is "
        "happiness, surprise; others left out, clips without a usable apex are kept",
        expected_clips=133,
        expected_subjects=28,
    ),
)
