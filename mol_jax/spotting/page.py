"""spotting.md: what a spotter finds in a set of recordings, and how often it is wrong."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.scoring.spotting import page as scores
from mol_jax.spotting.known import false_alarms
from mol_jax.spotting.settings import USUAL, Settings
from mol_jax.spotting.study import Found
from mol_jax.text.tables import markdown
from mol_jax.text.words import counted, shortened

PICTURE = "figures/spotting.png"
GENERATED = (
    "**GENERATED FACES: these recordings are drawn, and so is every motion in them. How a spotter "
    "does on real recordings cannot be told from them.**"
)
USE = "Research use; not lie detection: a motion of the face says nothing of what a person feels."
SHOWN = 60  # intervals of the page; the CSV has all


def parts(
    method: str,
    settings: Settings,
    folder: Path,
    found: Sequence[Found],
    scored: Mapping[str, Any] | None,
    *,
    generated: bool,
) -> list[str]:
    """Returns the paragraphs of the page. scored: as `scores.json` has it, None without truth."""
    minutes = sum(one.face.seconds for one in found if one.face) / 60
    number = sum(1 for one in found for _ in one.lines())
    said = [f"# Spotted by {method} in {folder.name}", *([GENERATED] if generated else []), USE]
    said.append(
        f"{counted(number, 'interval')} in {minutes:.1f} minutes of "
        f"{counted(sum(one.face is not None for one in found), 'recording')}."
    )
    said.append(alarms(found) or "")
    said.append(known(method, settings))
    said += [f"**Not read**: {one.skipped}." for one in found if one.skipped]
    if scored is not None:
        said += ["## Scores", omitted(scored), scores.page(scored)]
    return [*said, "## Intervals", _intervals(found), f"![The signal over time]({PICTURE})"]


def known(method: str, settings: Settings) -> str:
    """Says how often a method is wrong, which is measured with the usual constants alone."""
    if settings == USUAL:
        return f"Known of this method: {false_alarms(method)}."
    return (
        f"Its constants are not the usual ones ({_changed(settings)}): how often {method} is wrong "
        "with them was not measured."
    )


def _changed(settings: Settings) -> str:
    usual, given = (dataclasses.asdict(each) for each in (USUAL, settings))
    return shortened([f"{name} {given[name]:g}" for name in usual if given[name] != usual[name]])


def omitted(scored: Mapping[str, Any]) -> str:
    """Says how many true intervals are in no score, "" where there is none."""
    number = scored["left_out"]["true"]
    if not number:
        return ""
    of = counted(scored["left_out"]["recordings"], "recording")
    return f"**{counted(number, 'true interval')} of {of} not read: in no score below.**"


def alarms(found: Sequence[Found]) -> str:
    """Says how often something is spotted in recordings that are known to be neutral."""
    neutral = [one for one in found if one.recording.neutral and one.face is not None]
    minutes = sum(one.face.seconds for one in neutral if one.face) / 60
    if not minutes:
        return ""
    number = sum(1 for one in neutral for _ in one.lines())
    return (
        f"**False alarms on neutral recordings: {number / minutes:.2f} a minute** ({number} in "
        f"{minutes:.1f} minutes of {counted(len(neutral), 'recording')})."
    )


def _intervals(found: Sequence[Found]) -> str:
    rows = []
    for one in found:
        for line, each in zip(
            one.lines(), one.spotted.intervals if one.spotted else (), strict=True
        ):
            assert one.face is not None
            times = [f"{one.face.times[k]:.2f}" for k in (each.onset, each.apex, each.offset)]
            frames = f"{line['onset']}–{line['offset']}"
            rows.append([one.recording.name, frames, *times, f"{each.score:.1f}"])
    if not rows:
        return "None."
    header = ("recording", "frames", "onset, s", "apex, s", "offset, s", "score")
    more = f"\n\n{len(rows) - SHOWN} more in spotted.csv." if len(rows) > SHOWN else ""
    return markdown(header, rows[:SHOWN], left=2) + more
