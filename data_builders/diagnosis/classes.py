"""The dataset's class views: the clips and subjects each has here, and those it should have."""

import collections
import re
from collections.abc import Collection, Mapping, Sequence

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.diagnosis.findings import Findings
from data_builders.views.find import views_of
from data_builders.views.published import EXACT, KNOWN, differences
from data_builders.views.view import View
from mol_jax.errors import UserError

SUBJECTS = 40  # named in one line
DIFFERENCES = 8


def report(
    name: str,
    clips: Sequence[ClipAnnotation],
    lost: Collection[str],
    findings: Findings,
    *,
    generated: bool,
) -> None:
    """The views' section.

    Args:
      name: the dataset.
      clips: the annotated clips.
      lost: keys of those that cannot be built for want of frames.
      findings: takes the lines.
      generated: whether the clips are, of which training takes any number.
    """
    emotions = {clip.emotion for clip in clips}
    settled = []
    for view in views_of(name).values():
        try:
            settled.append(view.settle(emotions))
        except UserError as error:
            findings.odd(f"{view.name}: cannot be trained on: {error}")
    for view in settled:
        _report_view(view, clips, lost, findings, generated)
    unknown = emotions - {emotion for view in settled for emotion in view.mapping}
    if unknown and settled:
        findings.odd(
            "labels that no view knows: the clips are built, and in no class",
            [f"{emotion}: {_keys(clips, emotion)}" for emotion in sorted(unknown)],
        )


def _report_view(
    view: View,
    clips: Sequence[ClipAnnotation],
    lost: Collection[str],
    findings: Findings,
    generated: bool,
) -> None:
    labels = {clip.key: label for clip in clips if (label := _label(view, clip)) is not None}
    found = {clip.key: clip for clip in clips if clip.key in labels and clip.key not in lost}
    classes = collections.Counter(labels[key] for key in found)
    subjects = collections.Counter(clip.subject for clip in found.values())
    text = (
        f"{view.name}: {_of(len(found), view.expected_clips)} clips, "
        f"{_of(len(subjects), view.expected_subjects)} subjects"
    )
    by_class = [f"{label} {classes[label]}" for label in view.classes]
    empty = [label for label in view.classes if not classes[label]]
    agrees = view.expected_clips in (None, len(found))
    agrees = agrees and view.expected_subjects in (None, len(subjects))
    spot = (view.dataset, view.name)
    counts = collections.Counter((clip.subject, labels[key]) for key, clip in found.items())
    differ = differences(KNOWN[spot], counts) if spot in KNOWN else []
    agrees = agrees and not differ
    if not empty:
        _report_of_one_person(view, found, labels, findings)
    if agrees and not empty:
        findings.ok(f"{text} ({', '.join(by_class)})")
        return
    consequence, add = "training takes it", findings.odd
    if empty:
        consequence = f"no clip of {', '.join(empty)}, training refuses the view"
    elif generated:
        consequence, add = "training takes it, the clips being generated", findings.note
    elif view.expected_clips not in (None, len(found)) or spot in EXACT:
        consequence = "training refuses the view, or takes --config.data.allow_count_mismatch=True"
    add(f"{text}: {consequence}", _particulars(view, clips, labels, found, lost, differ))


def _report_of_one_person(
    view: View,
    found: Mapping[str, ClipAnnotation],
    labels: Mapping[str, str],
    findings: Findings,
) -> None:
    """The classes that no fold can learn and test: leaving out their one person leaves none."""
    people: dict[str, set[str]] = {}
    for key, clip in found.items():
        people.setdefault(labels[key], set()).add(clip.person)
    alone = [f"{label} ({next(iter(who))})" for label, who in people.items() if len(who) == 1]
    if alone and len(set().union(*people.values())) > 1:
        several = len(alone) > 1
        findings.odd(
            f"{view.name}: one person alone shows {', '.join(alone)}: leaving that person out, no "
            f"clip of {'these classes' if several else 'the class'} is left to learn from, and the "
            "recall is 0 whatever is trained; leave it out or join it to another with a map"
        )


def _particulars(
    view: View,
    clips: Sequence[ClipAnnotation],
    labels: Mapping[str, str],
    found: Mapping[str, ClipAnnotation],
    lost: Collection[str],
    differ: list[str],
) -> list[str]:
    """What a view has by class and subject, where that is unlike the published, and what it lacks.

    labels: class of each clip, by key. found: those that will be built.
    """
    classes = collections.Counter(labels[key] for key in found)
    subjects = collections.Counter(clip.subject for clip in found.values())
    by_class = [f"{label} {classes[label]}" for label in view.classes]
    particulars = [f"rule: {view.rule}", f"by class: {', '.join(by_class)}"]
    by_subject = [f"{subject} {subjects[subject]}" for subject in sorted(subjects, key=_natural)]
    if len(by_subject) > SUBJECTS:
        by_subject[SUBJECTS:] = [f"and {len(by_subject) - SUBJECTS} more"]
    particulars += [f"by subject: {', '.join(by_subject) or 'none'}"]
    without = [clip.key for clip in clips if clip.emotion in view.mapping and not _apex(view, clip)]
    particulars += [f"left out for want of an apex: {', '.join(without)}"] * bool(without)
    missing = [key for key in labels if key in lost]
    particulars += [f"left out for want of frames: {', '.join(missing)}"] * bool(missing)
    if len(differ) > DIFFERENCES:
        differ = [*differ[:DIFFERENCES], f"and {len(differ) - DIFFERENCES} more"]
    particulars += [f"unlike the published: {', '.join(differ)}"] * bool(differ)
    return particulars


def _label(view: View, clip: ClipAnnotation) -> str | None:
    names = ("dataset", "subject", "clip", "emotion", "onset", "apex", "offset")
    return view.label({name: getattr(clip, name) for name in names})


def _apex(view: View, clip: ClipAnnotation) -> bool:
    return clip.apex > clip.onset or not view.needs_apex


def _natural(subject: str) -> list:
    """Orders s3 before s11."""
    return [part.zfill(9) if part.isdecimal() else part for part in re.split(r"(\d+)", subject)]


def _of(found: int, expected: int | None) -> str:
    return str(found) if expected is None else f"{found} of {expected}"


def _keys(clips: Sequence[ClipAnnotation], emotion: str) -> str:
    keys = [clip.key for clip in clips if clip.emotion == emotion]
    return ", ".join(keys[:3]) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
