"""Writes long videos of drawn faces with known intervals, to spot in.

    python -m data_builders.synthetic.long --out=data/long
    python -m data_builders.synthetic.long --out=data/neutral --videos=0 --neutral=30 --seed=7

Each is of another person who shows micro- and macro-expressions, and blinks, talks, moves the head
and is filmed in changing light; neutral videos have all of that but no expression. See
docs/spotting.md.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import fields

from data_builders.synthetic.long.writing import Set, generate
from mol_jax.errors import Parser, exit_code, leave

HELP = {
    "videos": (int, "with expressions"),
    "neutral": (int, "more videos, without any expression"),
    "seconds": (float, "of each video"),
    "rate": (float, "frames a second"),
    "size": (int, "side of a frame, px"),
    "seed": (int, "of people and what they do"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was written")


def _run(arguments: Sequence[str] | None) -> int:
    options = vars(_parser().parse_args(arguments))
    out, workers = options.pop("out"), options.pop("workers")
    made = Set(**options)
    start = time.monotonic()
    folder = generate(out, made, workers=workers)
    took = time.monotonic() - start
    minutes = len(made) * made.seconds / 60
    print(
        f"{made.videos} videos with expressions and {made.neutral} neutral ones in {folder}: "
        f"{minutes:.1f} minutes, drawn in {took:.0f} s"
    )
    print(f"try next: python -m mol_jax.spotting --videos={folder} --out=runs/spotting")
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data_builders.synthetic.long",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--out", required=True, help="a folder that does not exist yet")
    defaults = {field.name: field.default for field in fields(Set)}
    for name, (kind, words) in HELP.items():
        add(f"--{name}", type=kind, default=defaults[name], help=f"{words} [{defaults[name]:g}]")
    add("--workers", type=int, help="processes [one a core]")
    return parser


if __name__ == "__main__":
    leave(main())
