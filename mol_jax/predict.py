"""What a trained run says of your own recording: videos, folders of images, a camera.

    python -m mol_jax.predict --workdir=runs/synthetic --out=out clip.mp4
    python -m mol_jax.predict --workdir=runs/synthetic --out=out --fps=200 frames/ --faces=all
    python -m mol_jax.predict --workdir=runs/synthetic --out=out --seconds=10 0
    python -m mol_jax.predict --workdir=runs/synthetic --serve

Faces are found and followed, windows of half a second are shown to every model of the run, and a
spotter says when something happens at all. The dataset need not be there. It writes
predictions.csv, landmarks.csv, summary.json, an annotated video and a page, into --out for one
recording and into a folder below it for each of several. See docs/predict.md.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import checked, typed

if TYPE_CHECKING:
    from rich.console import Console

    from mol_jax.predicting.models.model import Model
    from mol_jax.predicting.places import Source

NONE = "none"
VIDEO = "video.mp4"
LEAVES = (VIDEO, "report.html", "report.md", "figures")  # beside the tables


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    serves = "--serve" in (sys.argv if argv is None else argv)
    stopped = "the page is closed." if serves else "stopped; run the same command again."
    return exit_code(lambda: _run(argv), stopped=stopped)


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    _refuse_half(given)
    run = checked(given.workdir)
    if given.serve:
        return _serve(run, given)
    out, sources = typed(given.out, "--out"), [_source(text) for text in given.recordings]
    from mol_jax.predicting import places, spans  # noqa: PLC0415  bad flags come first
    from mol_jax.predicting.reading import recording  # noqa: PLC0415  bad flags come first

    spans.check(given.duration, given.stride)
    recording.check_rate(given.fps)
    _refuse_absent(sources)
    _refuse_of_others(sources, given)
    _check_spotter(given.spot, run)
    folders = places.folders(out, sources, run, LEAVES)
    from mol_jax.predicting.models.model import load_model  # noqa: PLC0415  with it comes JAX
    from mol_jax.terminal.out import console  # noqa: PLC0415

    model = load_model(run, dense=True, calibrate=_like(given))
    failed = 0
    for source, folder in zip(sources, folders, strict=True):
        try:
            _predict(model, source, folder, given, console())
        except UserError as error:
            if len(sources) == 1:
                raise
            failed += 1
            print(f"error: {error}")
    if failed:
        raise UserError(f"{failed} of {len(sources)} recordings could not be predicted; see above.")
    return 0


def _refuse_half(given: argparse.Namespace) -> None:
    """Raises UserError for flags of the page without it, or of recordings with it."""
    if not given.serve and given.port is not None:
        raise UserError("--port is of the page in the browser: add --serve, or leave it out")
    if given.serve and (given.recordings or given.out is not None):
        raise UserError(
            "--serve is given recordings in the browser and writes no folder: leave RECORDING and "
            "--out away, or --serve"
        )
    if not given.serve and (not given.recordings or given.out is None):
        raise UserError(
            "there is no RECORDING or no --out: give a video, a folder of images or the number of "
            "a camera, and a folder for the files; --serve takes them in the browser"
        )


def _serve(run: Path, given: argparse.Namespace) -> int:
    """Serves the page of a run until Ctrl-C."""
    from mol_jax.predicting import spans  # noqa: PLC0415
    from mol_jax.serving import server  # noqa: PLC0415

    spans.check(given.duration, given.stride)
    _check_spotter(given.spot, run)
    server.refuse_without_gradio()
    with server.listening(given.port) as listens:  # before a run is loaded in vain
        from mol_jax.predicting.models.model import load_model  # noqa: PLC0415  with it comes JAX

        model = load_model(run, dense=True, calibrate=_like(given))
        spotter = None if given.spot == NONE else given.spot
        server.serve(
            model, listens, duration=given.duration, stride=given.stride, spotter=spotter, say=_tell
        )
    return 0


def _like(given: argparse.Namespace) -> Path | None:
    """Returns the run whose temperature and score are taken."""
    return None if given.calibrate is None else checked(given.calibrate, "--calibrate")


def _tell(line: str) -> None:
    print(line, flush=True)  # as it is waited for where output goes into a file


def _predict(
    model: "Model", source: "Source", folder: Path, given: argparse.Namespace, out: "Console"
) -> None:
    """Predicts one recording, writes its files and says what is in them."""
    from mol_jax.predicting import places, tables, told  # noqa: PLC0415
    from mol_jax.predicting.clock import Clock  # noqa: PLC0415
    from mol_jax.predicting.predict import predict  # noqa: PLC0415
    from mol_jax.predicting.reading.recording import open_recording  # noqa: PLC0415
    from mol_jax.predicting.shown import overlay, page  # noqa: PLC0415
    from mol_jax.terminal.sentence import say  # noqa: PLC0415

    clock = Clock()
    seconds = given.seconds if isinstance(source, int) else None
    frames = open_recording(source, fps=given.fps, seconds=seconds)
    if isinstance(source, int):
        clock.restart()  # what it filmed is no work
    spotter = None if given.spot == NONE else given.spot
    result = predict(
        model,
        frames,
        duration=given.duration,
        stride=given.stride,
        faces=given.faces,
        spotter=spotter,
        clock=clock,
    )
    places.clear(folder, LEAVES)
    written = [*tables.write(result, folder, clock.seconds)]
    page.write_page(result, frames, folder, pictures=not given.no_pictures)
    written.append(folder / "report.html")
    if not (given.no_video or given.no_pictures):
        overlay.write_video(result, frames, folder / VIDEO)
        written.append(folder / VIDEO)
    say(out, told.text(result, written))


def _source(text: str) -> "Source":
    """Returns a path, or the number of a camera."""
    if text.isdecimal() and not os.path.lexists(text):
        return int(text)
    return typed(text, "a recording")


def _refuse_absent(sources: Sequence["Source"]) -> None:
    """Raises UserError for a path where nothing is, before JAX starts."""
    for source in sources:
        if isinstance(source, Path) and not os.path.exists(source):
            raise UserError(
                f"{source} is not there, or a folder above it is closed: give a video, a folder of "
                "images, or the number of a camera, 0 for the first"
            )


def _refuse_of_others(sources: Sequence["Source"], given: argparse.Namespace) -> None:
    """Raises UserError for --fps or --seconds that are not of each recording that they would be."""
    kinds = {os.path.isdir(one): one for one in sources if isinstance(one, Path)}
    camera = next((one for one in sources if isinstance(one, int)), None)
    if given.seconds is not None and camera is None:
        raise UserError("--seconds is how long a camera records, and there is none: leave it out")
    if given.fps is not None and camera is not None:
        raise UserError(
            f"--fps is of folders and videos, and camera {camera} tells the times of its frames "
            "itself: predict it by a command of its own"
        )
    if given.fps is not None and len(kinds) > 1:
        raise UserError(
            f"--fps={given.fps:g} would be of {kinds[True]} and replace the time stamps of "
            f"{kinds[False]} too: predict folders and videos by a command each"
        )


def _check_spotter(method: str, run: Path) -> None:
    from mol_jax.predicting import learned  # noqa: PLC0415
    from mol_jax.spotting.spotters import SPOTTERS  # noqa: PLC0415

    known = (*SPOTTERS, learned.NAME, NONE)
    if method not in known:
        raise UserError(f"--spot is {method!r}, expected one of {', '.join(known)}")
    if method == learned.NAME:
        learned.refuse_absent(run)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.predict",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "recordings",
        nargs="*",
        metavar="RECORDING",
        help="a video, a folder of images, or the number of a camera",
    )
    parser.add_argument("--workdir", required=True, help="folder of a finished run")
    parser.add_argument("--out", help="a new or an empty folder for the files")
    parser.add_argument(
        "--serve", action="store_true", help="a page in the browser instead: docs/browser.md"
    )
    parser.add_argument("--port", type=int, help="of the page [7860, or one that is free]")
    parser.add_argument("--duration", type=float, default=0.5, help="of a window, s [0.5]")
    parser.add_argument("--stride", type=float, default=0.25, help="from a window to the next, s")
    parser.add_argument("--faces", choices=("largest", "all"), default="largest", help="[largest]")
    parser.add_argument("--spot", default="flow", help="flow, frequency, learned, none [flow]")
    parser.add_argument("--fps", type=float, help="of a folder; of a video, in place of its times")
    parser.add_argument("--seconds", type=float, help="how long a camera records")
    parser.add_argument("--no-video", action="store_true", help="write no annotated video")
    parser.add_argument(
        "--no-pictures", action="store_true", help="nothing that shows a face: no video either"
    )
    parser.add_argument(
        "--calibrate", help="a run of the same config that leaves people out, for one that does not"
    )
    return parser


if __name__ == "__main__":
    leave(main())
