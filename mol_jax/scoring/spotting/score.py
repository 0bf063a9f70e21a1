"""Scores of spotted intervals: counts pooled over all videos, one division last."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mol_jax.errors import UserError
from mol_jax.scoring.intervals import draw_persons, interval
from mol_jax.scoring.spotting.matching import LEAST, Match, match
from mol_jax.scoring.spotting.recognised import analysis, classes_of, label_counts
from mol_jax.scoring.spotting.table import Stretch
from mol_jax.text.words import shortened

Key = tuple[str, str]  # subject, video


@dataclasses.dataclass(frozen=True)
class Spots:
    """True and spotted intervals of the same videos. seconds: how long each video lasts, or {}.

    unit: of the intervals. by: whose resampling gives the intervals: "subject", or "video" where no
    table says who is in them.
    """

    true: tuple[Stretch, ...]
    spotted: tuple[Stretch, ...]
    seconds: Mapping[Key, float]
    unit: str

    @property
    def videos(self) -> tuple[Key, ...]:
        """Every video that any table names, sorted."""
        named = {one.key for one in (*self.true, *self.spotted)}
        return tuple(sorted(named | set(self.seconds)))

    @property
    def by(self) -> str:
        """What is resampled for intervals."""
        return "subject" if all(subject for subject, _ in self.videos) else "video"

    def of_kind(self, kind: str) -> "Spots":
        """Returns the intervals of one kind, of all videos."""
        true, spotted = (
            tuple(one for one in side if one.kind == kind) for side in (self.true, self.spotted)
        )
        seconds = {key: self.seconds.get(key, np.nan) for key in self.videos}
        return dataclasses.replace(self, true=true, spotted=spotted, seconds=seconds)


def together(
    true: Sequence[Stretch],
    spotted: Sequence[Stretch],
    seconds: Mapping[Key, float] | None = None,
    *,
    unit: str,
) -> Spots:
    """Returns intervals of the same videos, who is in them being known from any of the tables.

    Raises:
      UserError: where a spotted interval is of a video that neither the truth nor the durations
        name: it would be a false alarm by a slip of the pen.
    """
    who = _subjects((*true, *(Stretch(video, 0, 0, subject) for subject, video in seconds or {})))
    true = [_named(one, who) for one in true]
    spotted = [_named(one, who) for one in spotted]
    lasting = {
        (subject or who.get(video, ""), video): s for (subject, video), s in (seconds or {}).items()
    }
    known = {one.key for one in true} | set(lasting)
    strange = [one for one in spotted if one.key not in known]
    if strange:
        names = shortened(list(dict.fromkeys(one.video for one in strange)))
        raise UserError(
            f"spotted intervals are of videos that the truth does not have: {names}; expected its "
            "names (and subjects), or give videos without an expression by --durations"
        )
    if lasting and known - set(lasting):
        names = shortened(sorted(video for _, video in known - set(lasting)))
        raise UserError(f"the durations lack videos of the truth: {names}; add them")
    if not known:
        raise UserError("there is no video: expected true intervals, or --durations of videos")
    return Spots(tuple(true), tuple(spotted), lasting, unit)


def _subjects(stretches: Sequence[Stretch]) -> dict[str, str]:
    """Returns who is in each video, where it is one person alone."""
    people: dict[str, set[str]] = {}
    for one in stretches:
        people.setdefault(one.video, set()).add(one.subject)
    return {video: next(iter(who - {""})) for video, who in people.items() if len(who - {""}) == 1}


def _named(one: Stretch, who: Mapping[str, str]) -> Stretch:
    return one if one.subject else dataclasses.replace(one, subject=who.get(one.video, ""))


def score(spots: Spots, *, least: float = LEAST) -> dict[str, Any]:
    """Returns all figures of spotted intervals, as JSON has them.

    `pooled`: of all videos together; `kinds`: of each kind, where both tables have kinds;
    `videos`: of each video alone; `analysis` and `strs` where both have classes.
    """
    found: dict[str, Any] = {"iou": least, "unit": spots.unit, "by": spots.by}
    found |= _pooled(spots, least)
    kinds = sorted({one.kind for one in spots.true} - {""})
    if kinds and all(one.kind for one in spots.spotted):
        found["kinds"] = {kind: _pooled(spots.of_kind(kind), least) for kind in kinds}
    found["videos"] = [_of_video(spots, key, least) for key in spots.videos]
    return found


def _pooled(spots: Spots, least: float) -> dict[str, Any]:
    """Returns counts, scores with intervals, false alarms a minute and STRS of all videos."""
    matches = {key: _matched(spots, key, least) for key in spots.videos}
    units = [key[0] if spots.by == "subject" else key for key in spots.videos]
    people = sorted(set(units), key=str)
    counts = np.zeros((len(people), 3), np.int64)
    classes = classes_of(one.label for one in spots.true)
    labels = np.zeros((len(people), len(classes), len(classes) + 1), np.int64)
    seconds = np.zeros(len(people))
    for unit, (key, held) in zip(units, matches.items(), strict=True):
        at = people.index(unit)
        counts[at] += _counts(held)
        labels[at] += label_counts(held, classes)
        seconds[at] += spots.seconds.get(key, np.nan)
    named = bool(classes) and any(one.label for one in spots.spotted)
    found = _figures(counts, labels if named else None, seconds)
    found |= {"n_videos": len(matches), "n_people": len(people)}
    return found | {"classes": list(classes) if named else []}


def _figures(counts: NDArray, labels: NDArray | None, seconds: NDArray) -> dict[str, Any]:
    """Returns scores of counts [P, 3], labels [P, c, c + 1] and seconds [P], with intervals."""
    hits, missed, false = counts.sum(0).tolist()
    found: dict[str, Any] = {"tp": hits, "fp": false, "fn": missed}
    one = _scores(*(part[None] for part in (counts.sum(0), seconds.sum(keepdims=True)[0])))
    weights = draw_persons(len(counts)) if len(counts) > 1 else None
    many = _scores(weights @ counts, weights @ seconds) if weights is not None else {}
    if labels is not None:
        one |= _strs(one["f1"], labels.sum(0)[None])
        many |= _strs(many["f1"], np.tensordot(weights, labels, 1)) if weights is not None else {}
    found |= {name: _plain(value[0]) for name, value in one.items()}
    found["ci95"] = {
        name: interval(many[name]) if name in many and np.isfinite(many[name]).any() else None
        for name in one
    }
    return found


def _scores(counts: NDArray, seconds: NDArray) -> dict[str, NDArray]:
    """Returns precision, recall, F1 and false alarms a minute of counts [R, 3], each [R].

    counts: hits, missed, false. What is divided by nothing is nan; where there are only true or
    only spotted intervals F1 is 0.
    """
    hits, missed, false = counts.astype(np.float64).T
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "precision": hits / (hits + false),
            "recall": hits / (hits + missed),
            "f1": 2 * hits / (2 * hits + false + missed),
            "false_per_minute": 60 * false / seconds,
        }


def _strs(f1: NDArray, labels: NDArray) -> dict[str, NDArray]:
    named = analysis(labels)
    return {f"analysis_{key}": value for key, value in named.items()} | {"strs": f1 * named["f1"]}


def _of_video(spots: Spots, key: Key, least: float) -> dict[str, Any]:
    held = _matched(spots, key, least)
    hits, missed, false = _counts(held)
    alone = _scores(np.array([[hits, missed, false]]), np.array([spots.seconds.get(key, np.nan)]))
    said = {name: _plain(value[0]) for name, value in alone.items()}
    return {"subject": key[0], "video": key[1], "tp": hits, "fp": false, "fn": missed, **said}


def _matched(spots: Spots, key: Key, least: float) -> Match:
    true, spotted = (
        [one for one in side if one.key == key] for side in (spots.true, spots.spotted)
    )
    return match(true, spotted, unit=spots.unit, least=least)


def _counts(held: Match) -> tuple[int, int, int]:
    return len(held.hits), len(held.missed), len(held.false)


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
