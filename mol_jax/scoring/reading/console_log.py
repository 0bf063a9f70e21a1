"""The console log of STSTNet, HTNet and what was made of them: the lists each fold prints.

Per subject there is a line "Subject: sub01", a list "Predicted: [0, 1]" and a list "Ground Truth:
[0, 2]", whose places are the clips. What else is printed is passed over. HTNet prints a second
list, "Best Predicted", of the epoch that was best on the tested clips themselves: it is not scored.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mol_jax.errors import UserError
from mol_jax.protocol.people import person_of
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.reading import columns
from mol_jax.text import spelling

_LINE = re.compile(
    r"\s*(?P<what>[^:=\[\]]{1,40}?)\s*[:=]\s*(?:tensor|array)?\(?\[(?P<list>[^\]]*)\]"
)
_OPEN = re.compile(r"\s*[^:=\[\]]{1,40}?\s*[:=]\s*(?:tensor|array)?\(?\[[^\]]*$")
_SUBJECT = re.compile(
    r"\W*(?:fold\s*[\d/]*\s*[:,|-]\s*)?(?:test(?:ed|ing)?\s+|left[- ]out\s+|held[- ]out\s+)?"
    r"(?:subject|sub|subj|participant|loso|(?P<fold>fold))\s*(?:id|name|no\.?)?\s*"
    r"(?:[\d/]*\s*[:=]\s*(?P<named>[^\s=:].*)|\s#?(?P<numbered>\w*\d\w*)\W*)",
    re.IGNORECASE,
)
_BEST = "bestpredicted"
CHALLENGE = ("negative", "positive", "surprise")  # what 0, 1 and 2 are to both programs


@dataclass
class _Fold:
    """A subject's lists, as far as they were printed.

    line: where the subject stands. is_number: whether it is called by its fold's number.
    """

    subject: str
    line: int
    is_number: bool = False
    pred: list[str] | None = None
    true: list[str] | None = None


def is_log(text: str) -> bool:
    """Tells whether a text holds a list of predicted and one of true classes."""
    kinds = {_role(what) for _, what, _ in _lists(text)}
    return {"pred", "true"} <= kinds


def read(path: str | Path, text: str) -> Predictions:
    """Reads the text of a log: one trial, one seed, a fold per subject. path: what to call it.

    0, 1 and 2 are read as the three classes of MEGC2019, which both programs are about, if no other
    class is there. Raises UserError where a list lacks its subject or its other list, the two have
    different lengths, or a subject is there twice.
    """
    folds = _folds(path, text)
    best = any(what == _BEST for _, what, _ in _lists(text))
    every = {label for fold in folds for label in (*(fold.true or ()), *(fold.pred or ()))}
    subjects = spelling.settle([fold.subject for fold in folds], what="subject", where=str(path))
    _refuse_again(path, [subjects[fold.subject] for fold in folds])
    classes = spelling.settle(every, what="class", where=str(path))
    named = dict(zip("012", CHALLENGE, strict=True))
    known = set(classes.values()) <= named.keys()
    rows = []
    for fold in folds:
        subject = subjects[fold.subject]
        held_out = "/".join(filter(None, person_of("", subject)))
        for number, labels in enumerate(zip(fold.true or (), fold.pred or (), strict=True), 1):
            true, pred = (named[classes[x]] if known else classes[x] for x in labels)
            rows.append(Prediction("", subject, f"clip {number}", held_out, 0, 0, true, pred))
    names = CHALLENGE if known else tuple(sorted(set(classes.values())))
    return Predictions(names, tuple(rows), True, tuple(_notes(len(folds), known, best)))


def _notes(folds: int, known: bool, best: bool) -> Iterator[str]:
    yield (
        f"It is a console log of {folds} folds, one a subject; the clips are numbered as they are "
        "printed."
    )
    if known:
        yield "0, 1 and 2 are taken for negative, positive and surprise, as STSTNet and HTNet do."
    if best:
        yield (
            "The lists Best Predicted were not read: each is of the epoch that was best on the "
            "tested clips themselves."
        )


def _folds(path: str | Path, text: str) -> list[_Fold]:
    """Returns the folds, whole ones alone."""
    folds: list[_Fold] = []
    found = {line: (what, labels) for line, what, labels in _lists(text)}
    for number, line in enumerate(text.splitlines(), start=1):
        subject = _SUBJECT.fullmatch(line)
        if number in found:
            _take(f"{path}, line {number}", folds, *found[number])
        elif subject:
            name = spelling.clean((subject["named"] or subject["numbered"]).strip(" =-*#"))
            if folds and folds[-1].is_number and folds[-1].pred is folds[-1].true is None:
                folds.pop()  # the fold's number stands above the name of its subject
            folds.append(_Fold(name, number, is_number=bool(subject["fold"])))
    for fold in folds:
        _check(path, fold)
    return folds


def _refuse_again(path: str | Path, names: Sequence[str]) -> None:
    """Refuses a subject that is there twice, in whatever spelling: its clips would count twice."""
    for name, times in Counter(names).items():
        if times > 1:
            raise UserError(
                f"{path} has the subject {name!r} {times} times, expected once: keep one run of "
                "the log"
            )


def _take(place: str, folds: Sequence[_Fold], what: str, labels: list[str]) -> None:
    """Gives a list to the subject above it."""
    role = _role(what)
    if role is None:
        return
    if not folds:
        raise UserError(
            f"{place}: a list without a subject above it, expected a line such as 'Subject: sub01' "
            "for each fold: add them"
        )
    if getattr(folds[-1], role) is not None:
        raise UserError(
            f"{place}: a second list for the subject {folds[-1].subject!r}, expected a line such "
            "as 'Subject: sub01' before each pair: add it, or keep one list"
        )
    for label in labels:
        if label.strip(".…") == "" and label:
            raise UserError(
                f"{place}: the list is cut ({label} stands for more clips), expected every clip: "
                "print it whole, as a Python list (.tolist())"
            )
        no_class = spelling.is_number(label) and spelling.whole(label) is None
        if no_class or spelling.is_nothing(label):
            raise UserError(f"{place} holds {label!r}, expected a class for every clip: mend it")
    setattr(folds[-1], role, labels)


def _role(what: str) -> str | None:
    """Returns whether a list is of predicted or of true classes, None for any other list."""
    roles = [role for role in ("pred", "true") if columns.is_called(what, role)]
    return roles[0] if roles else None


def _check(path: str | Path, fold: _Fold) -> None:
    """Refuses a fold that is cut short."""
    place = f"{path}, line {fold.line}: the subject {fold.subject!r} has"
    if fold.pred is None or fold.true is None:
        lacking = (
            "no list"
            if fold.pred is fold.true
            else ("no predicted classes" if fold.pred is None else "no true classes")
        )
        raise UserError(f"{place} {lacking}: is the log cut short? Take the subject out")
    if len(fold.pred) != len(fold.true):
        raise UserError(
            f"{place} {len(fold.pred)} predicted and {len(fold.true)} true classes, expected as "
            "many: mend the log"
        )


def _lists(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yields (number of its first line, its plain name, its items) of every list with a name.

    A long list may go on in further lines, as NumPy prints it.
    """
    lines, number = text.splitlines(), 0
    while number < len(lines):
        first, line = number + 1, lines[number]
        number += 1
        if _OPEN.match(line):
            while "]" not in line and number < len(lines) and number - first < 1000:
                line += " " + lines[number]
                number += 1
        match = _LINE.match(line)
        if match:
            items = re.split(r"[\s,]+", match["list"].strip()) if match["list"].strip() else []
            yield first, columns.plain(match["what"]), [item.strip("'\"") for item in items]
