"""Class views of SMIC, whose raw labels are the three classes, in each of its recordings."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from data_builders.views.view import View

THREE = ("negative", "positive", "surprise")


class FirstOfLongClip(View):
    """A view that leaves out the second and third micro-expressions of a long clip.

    They are known by their names: see `long_clips.clip_name`.
    """

    def label(self, record: Mapping[str, Any]) -> str | None:
        return None if re.search(r"_me\d$", record["clip"]) else super().label(record)

    @property
    def label_map_hash(self) -> str:
        """Another one than that of the view of all micro-expressions."""
        text = f"first of a long clip, {super().label_map_hash}"
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def _view(
    dataset: str,
    clips: str,
    expected: tuple[int, int] | None,
    *,
    kind: type[View] = View,
    name: str = "3class",
) -> View:
    """The three classes as labelled. expected: clips and subjects, None where not published."""
    expected_clips, expected_subjects = expected or (None, None)
    return kind(
        name=name,
        dataset=dataset,
        classes=THREE,
        mapping={emotion: emotion for emotion in THREE},
        rule=f"negative, positive and surprise as labelled, {clips}",
        expected_clips=expected_clips,
        expected_subjects=expected_subjects,
    )


def _long_views(dataset: str, clips: str, expected: tuple[int, int]) -> tuple[View, View]:
    """Published are the long clips, not how many micro-expressions their rows hold."""
    first = f"the first micro-expression in each of the long {clips} clips"
    return (
        _view(dataset, f"every micro-expression in the long {clips} clips", None),
        _view(dataset, first, expected, kind=FirstOfLongClip, name="3class_first"),
    )


VIEWS = (
    _view("smic", "all HS clips (100 frames a second)", (164, 16)),
    # Published: 71 clips. The HS clips of the subjects these cameras filmed, from 11 on, are as
    # many, of 8 subjects.
    _view("smic_vis", "all VIS clips (25 frames a second)", (71, 8)),
    _view("smic_nir", "all NIR clips (25 frames a second, near infrared)", (71, 8)),
    *_long_views("smic_hs_e", "HS-E", (157, 16)),
    *_long_views("smic_vis_e", "VIS-E", (71, 8)),
    *_long_views("smic_nir_e", "NIR-E", (71, 8)),
)
