"""Class views of SMIC, whose raw labels are the three classes, in each of its recordings."""

from data_builders.views import View

THREE = ("negative", "positive", "surprise")


def _view(dataset: str, clips: str, expected: tuple[int, int] | None) -> View:
    """The three classes as labelled. expected: clips and subjects, None where not published."""
    expected_clips, expected_subjects = expected or (None, None)
    return View(
        name="3class",
        dataset=dataset,
        classes=THREE,
        mapping={emotion: emotion for emotion in THREE},
        rule=f"negative, positive and surprise as labelled, {clips}",
        expected_clips=expected_clips,
        expected_subjects=expected_subjects,
    )


VIEWS = (
    _view("smic", "all HS clips (100 frames a second)", (164, 16)),
    # Published: 71 clips. The HS clips of the subjects these cameras filmed, from 11 on, are as
    # many, of 8 subjects.
    _view("smic_vis", "all VIS clips (25 frames a second)", (71, 8)),
    _view("smic_nir", "all NIR clips (25 frames a second, near infrared)", (71, 8)),
    # Published are the 157 long clips, not how many micro-expressions their rows hold.
    _view("smic_hs_e", "every micro-expression in the long HS-E clips", None),
)
