"""What the score command answers about tables of intervals."""

import argparse
import json

from mol_jax.errors import UserError
from mol_jax.scoring.spotting import page
from mol_jax.scoring.spotting.matching import LEAST
from mol_jax.scoring.spotting.score import score, together
from mol_jax.scoring.spotting.table import FRAMES, SECONDS, read, read_durations

FLAGS = ("truth", "durations", "unit", "iou")  # of --spotting alone


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags to the command line."""
    add = parser.add_argument_group("intervals in long videos").add_argument
    add("--spotting", metavar="CSV", help="spotted intervals: columns video, onset, offset")
    add("--truth", metavar="CSV", help="the true ones; kind, true and pred are used if there")
    add("--durations", metavar="CSV", help="columns video, seconds: gives false alarms a minute")
    add("--unit", choices=(FRAMES, SECONDS), help="of onset and offset [frames, both inside]")
    add("--iou", type=float, metavar="SHARE", help=f"of a hit [{LEAST:g}]")


def answer(flags: argparse.Namespace) -> str:
    """Returns the scores of --spotting against --truth. Raises UserError for bad input."""
    least = LEAST if flags.iou is None else flags.iou
    if not 0 < least <= 1:
        raise UserError(f"--iou is {least:g}; expected a share above 0, at most 1")
    if not flags.truth:
        raise UserError("--spotting needs the true intervals: give --truth, a CSV of them")
    unit = flags.unit or FRAMES
    seconds = read_durations(flags.durations) if flags.durations else None
    true, spotted = read(flags.truth, "true", unit=unit), read(flags.spotting, "pred", unit=unit)
    found = score(together(true, spotted, seconds, unit=unit), least=least)
    if flags.format == "json":
        return json.dumps(found, indent=2, allow_nan=False)
    return page.as_csv(found) if flags.format == "csv" else page.page(found)


def check(flags: argparse.Namespace) -> None:
    """Refuses the flags of intervals without --spotting."""
    for name in FLAGS:
        if flags.spotting is None and getattr(flags, name) is not None:
            raise UserError(f"--{name} is about intervals: give --spotting too, or leave it out")
