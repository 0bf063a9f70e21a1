"""Which column of anybody's table is what: the names that people and programs give them.

Names are compared without case, spaces and signs. Nothing is guessed from what a column holds, and
two columns for one thing are refused, as only their owner knows which is meant.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mol_jax.errors import UserError

NEEDED = ("subject", "true", "pred")


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What each thing is called, its own name first. Names of the second list count where a table has
# none of the first: in some tables they are something else.
_CALLED = {
    "dataset": ("dataset database db corpus datasetname", ""),
    "subject": (
        "subject subjects sub subj subjectid subjectname subjectno subjectnumber subjectnr "
        "subid subname subno subjid participant participantid participantname participantno "
        "participantnumber proband vp",
        "person personid personname patient patientid",
    ),
    "clip": (
        "clip clipid clipname video videoid videoname sample sampleid sequence sequencename",
        "filename file path name",
    ),
    "fold": ("fold foldid foldname foldno cvfold", ""),
    "trial": ("trial", ""),
    "seed": ("seed randomseed", ""),
    "person": ("person", ""),
    "generated": ("generated isgenerated", ""),
    "true": (
        "true truth ytrue truelabel truelabels trueclass trueemotion label labels gt gtlabel "
        "groundtruth groundtruths groundtruthlabel groundtruthlabels target targets ytest "
        "goldlabel gold",
        "actual actuallabel actualclass reference emotion class expression y",
    ),
    "pred": (
        "pred preds prediction predictions predicted ypred predlabel predlabels predclass "
        "predictedlabel predictedlabels predictedclass predictedemotion predemotion yhat ŷ "
        "hypothesis hyp",
        "output outputs result guess estimate estimated decision",
    ),
}
_ROLES = {role: (_names(first), _names(second)) for role, (first, second) in _CALLED.items()}
_ALSO = {
    "subject": "sub, participant", "true": "y_true, label, ground truth",
    "pred": "y_pred, prediction",
}  # fmt: skip
SEVERAL = {"epoch", "step", "iteration", "run", "repeat", "repetition", "model", "method"}
PARTS = {"split", "set", "phase", "subset", "partition", "part", "stage"}


@functools.lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    """Returns a column's name without case, spaces and signs: Y_True is ytrue."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


@dataclass(frozen=True)
class Columns:
    """at: the place of each thing that a table has, as {"true": 3}. header: what all are called."""

    header: tuple[str, ...]
    at: dict[str, int]

    def name(self, role: str) -> str:
        """What the table itself calls a thing."""
        return self.header[self.at[role]]

    def others(self) -> list[int]:
        """The places of the columns that are none of these things, unnamed ones left out."""
        used = set(self.at.values())
        return [i for i, name in enumerate(self.header) if i not in used and name]

    def said(self) -> list[str]:
        """Says which columns go by other names than ours: "y_pred as pred"."""
        renamed = [(self.name(role), role) for role in self.at]
        return [f"{name} as {role}" for name, role in renamed if plain(name) != role]


def assign(path: str | Path, header: Sequence[str], *, line: int = 1) -> Columns:
    """Finds the columns. Raises UserError where one is lacking, or two could be the same thing."""
    at: dict[str, int] = {}
    for role in _ROLES:
        found = _candidates(header, role, at)
        if len(found) > 1:
            several = " and ".join(repr(header[i]) for i in found)
            raise UserError(
                f"{path}, line {line}: the columns {several} could each be {role}: keep one, or "
                "give the others names that mean something else"
            )
        if found:
            at[role] = found[0]
    missing = [role for role in NEEDED if role not in at]
    if missing:
        raise _lacking(path, header, missing, line)
    return Columns(tuple(header), at)


def is_called(name: str, role: str) -> bool:
    """Tells whether a name is one of those that a thing goes by everywhere."""
    return plain(name) in _ROLES[role][0]


def _candidates(header: Sequence[str], role: str, at: Mapping[str, int]) -> list[int]:
    """Returns the places of the columns that could be one thing, given those that are another."""
    first, second = _ROLES[role]
    found = _having(header, first)
    own = [i for i in found if plain(header[i]) == role]
    if role not in NEEDED and len(own) == 1:
        found = own  # what nobody needs is not worth a refusal
    weak = [i for i in _having(header, second) if i not in at.values()]
    found = found or (weak if role in NEEDED or len(weak) == 1 else [])
    return [] if role == "person" and at.get("subject") in found else found


def _having(header: Sequence[str], names: Iterable[str]) -> list[int]:
    """Returns the places of the columns with one of these names."""
    known = set(names)
    return [i for i, name in enumerate(header) if plain(name) in known]


def is_header(names: Sequence[str]) -> bool:
    """Tells whether names are those of columns: the predicted class and one other are there."""
    known = [role for role, (first, _) in _ROLES.items() if _having(names, first)]
    return "pred" in known and len(known) > 1


def _lacking(
    path: str | Path, header: Sequence[str], missing: Sequence[str], line: int
) -> UserError:
    shown = ", ".join(name for name in header if name)[:200]
    advice = [f"{role} (or {_ALSO[role]})" for role in missing]
    why = ": whose clip a line is decides what an interval and a fold are" * ("subject" in missing)
    return UserError(
        f"{path}, line {line}: no column {', '.join(missing)}: got the columns {shown}, expected "
        f"at least {', '.join(NEEDED)}; name the column {' and '.join(advice)}{why}"
    )
