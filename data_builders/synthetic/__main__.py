"""Writes generated clips, a look-alike of a licensed dataset, or a picture of the endless faces."""

import argparse
import difflib
import json
import os
import shlex
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.disk.processes import default_workers
from data_builders.synthetic.endless import sheet
from data_builders.synthetic.look_alikes.known import LOOK_ALIKES, arguments_of
from data_builders.synthetic.tree import EMOTIONS, generate
from data_builders.synthetic.whole import place, whole
from mol_jax.errors import Parser, UserError, exit_code, leave

PLAIN = ("subjects", "clips", "seed", "emotions", "amplitude", "frames", "workers")
SHEET = ("sheet", "faces", "motions", "size", "seed")
PLAIN_TREE = "people and clips of any number, in CASME II's layout without its quirks"
SHOWN = 3  # places of a quirk


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was written")


def _run(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    options = vars(parser.parse_args(arguments))  # those that were given
    if "sheet" in options:
        return _write_sheet(options)
    if "out" not in options:
        parser.error("the following arguments are required: --out, or --sheet for a picture")
    out, name = options.pop("out"), options.pop("like", None)
    if name == "":
        raise UserError(f"like is empty; expected one of {', '.join(LOOK_ALIKES)}.")
    start = time.monotonic()
    lines = _write_like(name, out, options) if name else _write_plain(out, options)
    print(f"{lines[0]}, {time.monotonic() - start:.0f} s", *lines[1:], sep="\n")
    return 0


def _write_sheet(options: dict[str, Any]) -> int:
    """Writes a picture of the endless faces and says where."""
    for option in options:
        if option not in SHEET:
            raise UserError(f"--{option} does not go with --sheet: leave one of them out.")
    file = options.pop("sheet")
    if not {"faces", "motions"} & set(options):
        options["faces"] = 200
    start = time.monotonic()
    print(f"{sheet.write(file, **options)}, {time.monotonic() - start:.0f} s")
    return 0


def _write_plain(out: str, options: dict[str, Any]) -> list[str]:
    """Writes generated clips; returns what to say about them."""
    for option in options:
        if option in SHEET and option not in PLAIN:
            raise UserError(f"--{option} applies only with --sheet=FILE: leave it out.")
        if option not in PLAIN:
            raise UserError(
                f"--{option} applies only with --like={'|'.join(LOOK_ALIKES)}: leave it out."
            )
    options = {"subjects": 8, "clips": 12} | options
    folder = generate(out, **options)
    return [
        f"{options['subjects'] * options['clips']} clips of {options['subjects']} subjects in "
        f"{folder}",
        f"build them: python -m data_builders.build synthetic --source={folder}",
    ]


def _write_like(name: str, out: str, options: dict[str, Any]) -> list[str]:
    """Writes a look-alike; returns what to say about it."""
    folder = place(out)
    if name not in LOOK_ALIKES:
        near = difflib.get_close_matches(name, LOOK_ALIKES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(LOOK_ALIKES)}"
        raise UserError(f"there is no look-alike of {name!r}: {hint}")
    made = LOOK_ALIKES[name]
    if "workers" in made.options:
        options = {"workers": default_workers()} | options
    arguments = arguments_of(name, options)
    if os.path.lexists(os.path.expanduser(out)):
        raise UserError(f"{out} exists already; choose a folder that does not.")
    with whole(folder) as tree:
        made.write(tree, **arguments)
        marker = json.loads((tree / GENERATED_MARKER).read_text())
    return _summary(name, folder, marker, made.builds(arguments))


def _summary(name: str, out: Path, marker: dict[str, Any], builds: Sequence[str]) -> list[str]:
    """What was written, what is odd about it, and the commands to try next."""
    counts = [f"{marker[what]} {what}" for what in ("clips", "subjects") if what in marker]
    quirks = marker.get("quirks", {})
    held = f", {' of '.join(counts)}," if counts else ""
    lines = [f"a look-alike of {name}{held} in {out}"]
    if quirks:
        lines.append(f"{len(quirks)} quirks planted, each place in {GENERATED_MARKER}:")
    for quirk, places in quirks.items():
        more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
        lines.append(f"  {quirk}: {', '.join(places[:SHOWN])}{more}")
    if not marker.get("faces", True):
        lines.append("the images are blank: the annotation can be read, and no face be found")
    for command in ("doctor", "build"):
        words = ["python", "-m", f"data_builders.{command}", builds[0], f"--source={out}"]
        lines.append(f"try next: {shlex.join(words)}")
    if builds[1:]:
        lines.append(f"the same for {', '.join(builds[1:])}")
    return lines


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data_builders.synthetic",
        description=__doc__,
        argument_default=argparse.SUPPRESS,  # only what was given is there
    )
    add = parser.add_argument
    add("--out", help="a folder that does not exist yet")
    add("--like", help=f"a look-alike of {', '.join(LOOK_ALIKES)}; none: {PLAIN_TREE}")
    add("--subjects", type=int, help="the first of a look-alike's [all]; without --like [8]")
    add("--clips", type=int, help="at most, of each subject [all]; without --like exactly [12]")
    add("--seed", type=int, help="of faces and motions [0]")
    add("--frames", type=_pair(int), help="of a clip [10,16]")
    add("--workers", type=int, help="processes [one a core]")
    plain = parser.add_argument_group("without --like").add_argument
    plain("--emotions", type=_names, help=f"[{','.join(EMOTIONS)}]")
    plain("--amplitude", type=_pair(float), help="peak motion, px [1,4]")
    drawn = parser.add_argument_group("without --out, a picture of the endless faces").add_argument
    drawn("--sheet", help="a .png file")
    drawn("--faces", type=int, help="how many people it shows [200]")
    drawn("--motions", type=int, help="how many clips, with their flow, instead")
    drawn("--size", type=int, help="side of a face, px [72]")
    like = parser.add_argument_group("with --like, each where it applies").add_argument
    like("--image_size", type=int, help="height of the images, px [340]")
    like("--blank", action="store_true", help="tiny blank images, for the annotation alone")
    like("--no_quirks", action="store_true", help="plant none of the dataset's oddities")
    like("--trees", type=_names, help=_choices("trees"))
    like("--doubled", choices=("yes", "no"), help="frames one folder down, as archives unpack")
    like("--workbook", help=_choices("workbook"))
    like("--numeric", action="store_true", help="subjects are numbers in the workbook, not text")
    like("--release", help=_choices("release"))
    like("--train", type=int, help="videos of the training split [15]")
    like("--validation", type=int, help="videos of the validation split [3]")
    return parser


def _choices(option: str) -> str:
    """What an option may be, by dataset."""
    shown = {name: made.choices.get(option) for name, made in LOOK_ALIKES.items()}
    return "; ".join(f"{name}: {', '.join(known)}" for name, known in shown.items() if known)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _pair(kind: Callable[[str], Any]) -> Callable[[str], tuple]:
    def pair(text: str) -> tuple:
        low, high = (kind(part) for part in text.split(","))
        return low, high

    pair.__name__ = "low,high"  # as argparse calls it where it cannot be read
    return pair


if __name__ == "__main__":
    leave(main())
