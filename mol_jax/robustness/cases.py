"""What is disturbed, and by how much: the families of the card and their levels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from mol_jax.data.apex_source import ANNOTATED, MIDDLE
from mol_jax.data.disturbed import Disturbance
from mol_jax.data.moved import Shift
from mol_jax.errors import UserError
from mol_jax.text.words import nearest

if TYPE_CHECKING:
    from mol_jax.data.seen import Seen

SHIFTS = (0.1, 0.2, 0.3)  # of the way from onset to apex, as in FRL-DGT's paper


class Case(NamedTuple):
    """One way to disturb clips. number: its trial in robustness.csv; 0 is as they are.

    family: one of `FAMILIES`. level: as it stands on the plot. words: what is done.
    """

    number: int
    family: str
    level: str
    words: str
    how: Disturbance


Level = tuple[str, str, Disturbance]


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def _onset() -> list[Level]:
    return [
        (_percent(by), f"onset {_percent(by)} later", Disturbance(shift=Shift(onset=by)))
        for by in SHIFTS
    ]


def _apex() -> list[Level]:
    every = [*(-by for by in reversed(SHIFTS)), *SHIFTS]
    return [
        (
            f"{100 * by:+g} %",
            f"apex {_percent(abs(by))} {'later' if by > 0 else 'earlier'}",
            Disturbance(shift=Shift(apex=by)),
        )
        for by in every
    ]


def _source() -> list[Level]:
    sources = {
        ANNOTATED: ("annotated", "the annotated apex"),
        MIDDLE: ("middle", "the middle frame for the apex"),
        "spotted_flow": ("by flow", "an apex spotted by flow"),
        "spotted_frequency": ("by frequency", "an apex spotted by frequency"),
    }
    return [(*said, Disturbance(source=source)) for source, said in sources.items()]


def _rate() -> list[Level]:
    return [
        (f"1 of {k}", f"one frame of {k} (of 200 fps {words})", Disturbance(every=k))
        for k, words in ((2, "100"), (7, "about 30"))
    ]


def _jpeg() -> list[Level]:
    return [(str(q), f"JPEG of quality {q}", Disturbance(quality=q)) for q in (90, 70, 50, 20)]


def _scale() -> list[Level]:
    return [
        (_percent(by), f"shrunk to {_percent(by)} and enlarged again", Disturbance(scale=by))
        for by in (0.75, 0.5, 0.25)
    ]


def _alignment() -> list[Level]:
    return [
        (_percent(by), f"all frames {_percent(by)} right and down", Disturbance(offset=by))
        for by in (0.01, 0.02, 0.04)
    ]


def _jitter() -> list[Level]:
    return [
        (_percent(by), f"each later frame {_percent(by)} off", Disturbance(jitter=by))
        for by in (0.0025, 0.005, 0.01)
    ]


def _flow() -> list[Level]:
    return [
        ("TV-L1", "flow by TV-L1", Disturbance(flow="tvl1")),
        ("DIS", "flow by DIS", Disturbance(flow="dis")),
        ("Farnebäck", "flow by Farnebäck", Disturbance(flow="farneback")),
    ]


# By the names of --only: what stands above a panel, and its levels.
FAMILIES = {
    "onset": ("onset later by, of its way to the apex", _onset()),
    "apex": ("apex moved by, of its way from the onset", _apex()),
    "source": ("apex of", _source()),
    "rate": ("frames that are left", _rate()),
    "jpeg": ("JPEG quality", _jpeg()),
    "scale": ("face shrunk to, and enlarged", _scale()),
    "alignment": ("face off by, of its side", _alignment()),
    "jitter": ("each frame off by, of the side", _jitter()),
    "flow": ("flow by", _flow()),
}

KINDS = ("source", "flow")  # whose levels are in no order
OF_APEX, OF_FLOW = ("apex", "source"), ("flow",)  # of no meaning where that is not read


def read_families(text: str) -> tuple[str, ...]:
    """Returns the families of --only in the order of the card. Raises UserError for another."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in FAMILIES:
            raise UserError(
                f"--only names {name!r}; did you mean {nearest(name, FAMILIES)!r}? There are "
                f"{', '.join(FAMILIES)}."
            )
        if names.count(name) > 1:
            raise UserError(f"--only names {name} {names.count(name)} times; name it once.")
    return tuple(name for name in FAMILIES if name in names)


def unread(families: Sequence[str], reads: "Seen") -> dict[str, str]:
    """Returns why some families are not of a run, in words: {"apex": "reads no apex"}."""
    why = {} if reads.apex else dict.fromkeys(OF_APEX, "reads no apex")
    why |= {} if reads.flows else dict.fromkeys(OF_FLOW, "reads no flow")
    return {family: why[family] for family in families if family in why}


def cases(families: Sequence[str], reads: "Seen") -> tuple[Case, ...]:
    """Returns the clips as they are, then every level of the families that are of the run.

    reads: what its network does. A source of the apex, or a program of flow, that it was trained
    with is no level. Raises UserError where none of the families is of it.
    """
    none = unread(families, reads)
    if len(none) == len(families):
        others = [name for name in FAMILIES if name not in unread(tuple(FAMILIES), reads)]
        raise UserError(
            f"the network {' and '.join(dict.fromkeys(none.values()))}, so --only={','.join(none)} "
            f"shows nothing of it: name some of {', '.join(others)}."
        )
    levels = [
        (family, *level)
        for family in families
        if family not in none
        for level in FAMILIES[family][1]
        if not _is_own(level[-1], reads)
    ]
    as_it_is = Case(0, "", "as built", "as built", Disturbance())
    return (as_it_is, *(Case(number, *level) for number, level in enumerate(levels, start=1)))


def _is_own(how: Disturbance, reads: "Seen") -> bool:
    """Returns whether it is what the run was trained with."""
    if how.source:
        return how.source == reads.apex
    return bool(how.flow) and (how.flow,) == reads.flows
