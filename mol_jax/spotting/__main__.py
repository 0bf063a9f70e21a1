"""Spots micro-expressions in long recordings, and scores that where the truth is known.

    python -m mol_jax.spotting --videos=data/long --out=runs/spotting
    python -m mol_jax.spotting --videos=SAMM_long --rate=200 --truth=samm.csv --out=runs/samm
    python -m mol_jax.spotting --config=configs/spotting/frequency.py --videos=data/long --out=DIR

VIDEOS holds video files or folders of images, by subject or not; an `intervals.csv` in it, as in
the generated set, is the truth. It writes spotted.csv, durations.csv, scores.json, spotting.md,
.html and figures/spotting.png. Nothing is trained. See docs/spotting.md.
"""

import argparse
import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import typed
from mol_jax.files.whole import write_text
from mol_jax.spotting.settings import METHODS
from mol_jax.terminal.page import tell


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    folder, out = typed(given.videos, "--videos"), typed(given.out, "--out")
    if given.config and given.method:
        raise UserError("--config names a method, and so does --method: leave one of them out")
    if given.rate is not None and not (math.isfinite(given.rate) and given.rate > 0):
        raise UserError(f"--rate is {given.rate:g}; expected frames a second, above 0")
    if out.exists() and not out.is_dir():
        raise UserError(f"--out is {out}, a file: name a folder")
    if out.resolve().is_relative_to(folder.resolve()):
        raise UserError(
            f"--out is {out}, in --videos: its pictures would be recordings of the next run; name "
            "a folder beside it"
        )
    tell(_study(given, folder, out))
    return 0


def _study(given: argparse.Namespace, folder: Path, out: Path) -> str:
    """Spots, scores and writes every file; returns what is printed."""
    from data_builders.annotations.annotation import GENERATED_MARKER  # noqa: PLC0415  SciPy: 1 s
    from data_builders.pixels.faces import DlibDetector, packaged_predictor  # noqa: PLC0415
    from mol_jax.reporting import html_page  # noqa: PLC0415
    from mol_jax.scoring.spotting.score import score  # noqa: PLC0415
    from mol_jax.scoring.spotting.table import FRAMES, read, write  # noqa: PLC0415
    from mol_jax.spotting import config, page, picture, recordings, study  # noqa: PLC0415
    from mol_jax.spotting.settings import USUAL  # noqa: PLC0415

    method, settings = (
        config.read(given.config) if given.config else (given.method or "flow", USUAL)
    )
    usual = folder / recordings.INTERVALS
    truth = Path(given.truth) if given.truth else usual if usual.is_file() else None
    every = recordings.find(folder, given.rate)
    true = read(truth, "true", unit=FRAMES) if truth else ()
    study.check_truth(true, every)
    detector = DlibDetector(packaged_predictor())
    found = []
    for one in study.spot_all(every, method, settings, detector):
        print(_line(one), flush=True)
        found.append(one)
    if all(one.skipped for one in found):
        raise UserError(f"none of the recordings could be read: {found[0].skipped}")
    scored = None
    if truth:
        scored = score(study.spots(found, true)) | {"left_out": study.left_out(found, true)}
        scored |= {"method": method, "settings": dataclasses.asdict(settings)}
    generated = (folder / GENERATED_MARKER).is_file()
    write(out / "spotted.csv", (line for one in found for line in one.lines()))
    _write_durations(out / "durations.csv", found)
    if scored is not None:
        write_text(out / "scores.json", json.dumps(scored, indent=2, allow_nan=False) + "\n")
    threshold = settings.factor if method == "flow" else settings.often
    traces = [study.trace(one, true) for one in found if one.face is not None]
    note = "GENERATED faces" if generated else ""
    picture.draw(out / page.PICTURE, traces, threshold, note=note)
    parts = page.parts(method, settings, folder, found, scored, generated=generated)
    text = "\n\n".join(part for part in parts if part) + "\n"
    write_text(out / "spotting.md", text)
    write_text(out / "spotting.html", html_page.page(text, out))
    return "\n\n".join([*(part for part in parts[:-1] if part), f"written: {out / 'spotting.md'}"])


def _line(one) -> str:
    if one.skipped:
        return f"{one.recording.name}: not read"
    return f"{one.recording.name}: {len(one.spotted.intervals)} spotted"


def _write_durations(path: Path, found) -> None:
    from mol_jax.files.whole import write_table  # noqa: PLC0415

    lines = (
        [one.recording.name, one.recording.subject, f"{one.face.seconds:.6f}"]
        for one in found
        if one.face is not None
    )
    write_table(path, ("video", "subject", "seconds"), lines)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.spotting",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--videos", required=True, help="folder of recordings")
    add("--out", required=True, help="folder for what is written")
    add("--method", choices=METHODS, help="[flow]")
    add("--config", help="a file as configs/spotting/flow.py, with other constants")
    add("--truth", metavar="CSV", help="video, onset, offset in frames [VIDEOS/intervals.csv]")
    add("--rate", type=float, help="frames a second, of folders of images")
    return parser


if __name__ == "__main__":
    leave(main())
