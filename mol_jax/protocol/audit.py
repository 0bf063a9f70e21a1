"""The leakage audit of a study: what stands on both sides of a fold, looked at in every run.

A fold has up to three sides: the rows it trains on, those held in to choose by, and the test rows.
`audit` looks at the persons and videos of every fold and is kept in metrics.json; `words` says it
in the report; `check_rows` is asked of every wave about the rows that its devices hold.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from mol_jax.protocol.folds import NOT_INDEPENDENT, UNTESTED, Fold

SHOWN = 20  # of a long list of findings, in metrics.json


def audit(
    folds: Sequence[Fold],
    persons: Sequence[str],
    clips: Sequence[str],
    frames: np.ndarray,
    *,
    independent: bool,
    scaled_by_subject: bool = False,
    seen_persons: Iterable[str] = (),
    seen_generated: bool = False,
    fitted: bool = False,
) -> dict[str, Any]:
    """Returns what metrics.json keeps under "audit".

    `persons` and `clips` (as "casme2/sub01/EP02_01f") name the rows of `frames` [N, ...], uint8.
    independent: whether the protocol claims to test nobody it trained on. scaled_by_subject:
    whether pixels are scaled by statistics of each subject, the tested one's too. seen_persons:
    whom the weights that training starts from have seen. seen_generated: whether some of these
    weights have seen generated faces and no others.
    fitted: whether the folds are fitted at once, to slices of their training rows.

    "subject_independent" is None where nobody is tested.
    A list of findings is {"count", "shown"}, of which the first are shown: empty where all is well.
    """
    seen, twins = set(seen_persons), _twins(clips, frames)
    tested = int(sum(len(fold.test) for fold in folds))
    on_both = [(fold, person) for fold in folds for person in _on_both_sides(fold, persons)]
    videos = [(fold, pair) for fold in folds for pair in _twins_on_both_sides(fold, twins)]
    return {
        "folds": len(folds),
        "clips_tested": tested,
        "subject_independent": (independent and not on_both) if tested else None,
        "persons_on_both_sides": _listed(f"{person} in {fold.name}" for fold, person in on_both),
        "folds_with_such_persons": len({fold.name for fold, _ in on_both}),
        "videos_on_both_sides": _listed(
            f"{clips[one]} and {clips[other]} ({twins[one, other]}) in {fold.name}"
            for fold, (one, other) in videos
        ),
        "scaled_by_subject": scaled_by_subject,
        "seen_in_pretraining": _listed(seen_before(seen, folds, persons)),
        "pretrained_on_persons": len(seen),
        "pretrained_on_generated": seen_generated,
        "fitted": fitted,
    }


def seen_before(
    seen_persons: Iterable[str], folds: Sequence[Fold], persons: Sequence[str]
) -> list[str]:
    """Returns the persons that are tested and that pre-training has seen, sorted.

    Persons are compared by their keys, "samm/006", which are one per face over all datasets.
    """
    tested = {persons[row] for fold in folds for row in fold.test}
    return sorted(tested & set(seen_persons))


def words(found: Mapping[str, Any], *, scored: bool = True) -> list[str]:
    """Returns the audit's findings as sentences, the bad ones in bold.

    scored: whether expressions are recognised, so that there is a score with an SVM beside it.
    """
    tested = found["clips_tested"] > 0
    whatever = "Whatever else " if found.get("scaled_by_subject") else "Whatever "
    return [
        *([*_about_persons(found), *_about_videos(found)] if tested else [_UNTESTED]),
        _FITTED if found.get("fitted") else whatever + _STATISTICS,
        _SCALED if found.get("scaled_by_subject") else "Pixels are scaled by constants.",
        _about_pretraining(found),
        *([_FLOOR] if scored and tested else []),
    ]


def leaks(found: Mapping[str, Any]) -> list[str]:
    """Returns the sentences that must stand beside a score, [] where there is nothing to say."""
    return [sentence for sentence in words(found) if sentence.startswith("**")]


def untaught(folds: Sequence[Fold], labels: Sequence[int], classes: Sequence[str]) -> list[str]:
    """Returns a sentence for each class that is never trained on when it is tested, [] for none.

    labels [N] of the rows are indices into classes. Leave-one-subject-out does so to a class that
    one person alone shows.
    """
    said = []
    for number, name in enumerate(classes):
        rows = {int(row) for row in np.flatnonzero(np.asarray(labels) == number)}
        testing = [fold for fold in folds if rows.intersection(fold.test.tolist())]
        if not testing or any(rows.intersection(fold.train.tolist()) for fold in testing):
            continue
        where = ", ".join(fold.name for fold in testing[:3]) + ", …" * (len(testing) > 3)
        said.append(
            f"The class {name} cannot be learned: the fold that tests it ({where}) trains on none "
            "of its clips, so its recall is 0 whatever the network is. Leave it out or join it to "
            "another class with a map (data.view)."
        )
    return said


def check_rows(rows: np.ndarray, folds: Sequence[Fold]) -> None:
    """Raises AssertionError unless the rows [W, M] that a wave's devices hold are training rows.

    Batches and the mean face are taken from these rows and no others. A wave that is not full
    repeats its last fold.
    """
    for slot, fold in enumerate(folds):
        odd = np.setdiff1d(rows[slot], fold.train)
        shared = np.intersect1d(fold.train, np.concatenate((fold.test, fold.validation)))
        if len(odd) or len(shared):  # no assert: python -O would not look
            raise AssertionError(f"fold {fold.name!r} trains on rows {[*odd, *shared]}, held out")


_UNTESTED = (
    f"**{UNTESTED}: every person is trained on, so this run has no score; what such a model is "
    "worth is told by a run of the same config that leaves people out (protocol.name=loso).**"
)
_STATISTICS = (
    "is computed from clips (batches, batch statistics, class counts, the mean face that landmarks "
    "stand beside) is computed from rows that were compared with each fold's training "
    "rows, on the devices, before its wave was trained."
)
_FITTED = (
    "Features are of one clip each. Means, deviations, C where it is chosen and the machine are of "
    "each fold's training rows: nothing else is handed to what is fitted, and a fold is stopped "
    "where a test row is among them."
)
_SCALED = (
    "**LEAK: pixels are scaled by each subject's mean and maximum, the tested subject's too** "
    "(data.normalisation=subject, as the authors' release does): the network is told what all of "
    "a subject's videos have in common before it predicts one of them."
)


_FLOOR = (
    "The linear SVM beside the score takes its means, deviations and weights from each fold's "
    "training rows, those held in to choose by included, and is stopped where a test row is among "
    "them."
)


def _sides(fold: Fold) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return fold.train, fold.validation, fold.test


def _on_both_sides(fold: Fold, persons: Sequence[str]) -> list[str]:
    """Returns the persons that stand on two sides of a fold, sorted."""
    sides = [{persons[row] for row in rows} for rows in _sides(fold)]
    return sorted(set().union(*(one & other for one, other in combinations(sides, 2))))


def _twins(clips: Sequence[str], frames: np.ndarray) -> dict[tuple[int, int], str]:
    """Returns the pairs of rows that are one video: by their name, or by every byte of frames."""
    by_name, by_bytes = defaultdict(list), defaultdict(list)
    for row, clip in enumerate(clips):
        by_name[clip].append(row)
        by_bytes[zlib.crc32(np.ascontiguousarray(frames[row]).data)].append(row)
    found = {
        pair: "the same frames"
        for rows in by_bytes.values()
        for pair in combinations(rows, 2)
        if np.array_equal(frames[pair[0]], frames[pair[1]])  # checksums meet by chance
    }
    named = (pair for rows in by_name.values() for pair in combinations(rows, 2))
    return found | dict.fromkeys(named, "the same name")


def _twins_on_both_sides(fold: Fold, twins: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yields the pairs of rows that are one video and stand on two sides of a fold."""
    side = {int(row): number for number, rows in enumerate(_sides(fold)) for row in rows}
    for one, other in twins:
        if one in side and other in side and side[one] != side[other]:
            yield one, other


def _listed(findings: Iterable[str]) -> dict[str, Any]:
    found = list(findings)
    return {"count": len(found), "shown": found[:SHOWN]}


def _named(findings: Mapping[str, Any], shown: int) -> str:
    """Names the first findings of a list, and how many more there are."""
    names = findings["shown"][:shown]
    more = findings["count"] - len(names)
    return "; ".join((*names, f"and {more} more") if more else names)


def _about_persons(found: Mapping[str, Any]) -> list[str]:
    both, folds = found["persons_on_both_sides"], found["folds"]
    if not both["count"]:
        of = "the fold" if folds == 1 else f"any of the {folds} folds"
        return [f"No person is on two sides of {of}; a person has one name over all datasets."]
    return [
        f"**{NOT_INDEPENDENT}: in {found['folds_with_such_persons']} of {folds} folds a person is "
        f"tested whose other videos were trained on** ({_named(both, 2)})."
    ]


def _about_videos(found: Mapping[str, Any]) -> list[str]:
    both = found["videos_on_both_sides"]
    if not both["count"]:
        return ["No video is on both sides of a fold, by its name or by the bytes of its frames."]
    return [
        f"**LEAK: one video is on both sides of a fold, {both['count']} times** "
        f"({_named(both, 4)}): leave one of them out, or do not trust the score."
    ]


def _about_pretraining(found: Mapping[str, Any]) -> str:
    seen = found["seen_in_pretraining"]
    if seen["count"]:
        return (
            f"**LEAK: pre-training has seen {seen['count']} of the persons who are tested** "
            f"({_named(seen, 4)})."
        )
    if found["pretrained_on_persons"]:
        return f"None of {found['pretrained_on_persons']} persons of the pre-training is tested."
    if found.get("pretrained_on_generated"):
        return "Pre-training saw generated faces only, and so nobody who is tested."
    starts = "is fitted anew" if found.get("fitted") else "starts from drawn weights"
    return f"There was no pre-training: every fold {starts}."
