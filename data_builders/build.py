"""Builds a dataset: `python -m data_builders.build casme2 --source=DIR`."""

import contextlib
import dataclasses
import difflib
import errno
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import rich.console
import rich.progress

from data_builders.common import faces
from data_builders.common.load import built_path, open_dataset
from data_builders.common.parser import Parser
from data_builders.common.processes import default_workers
from data_builders.common.record import RecordSettings
from data_builders.common.workspace import workspace
from mol_jax.errors import UserError, exit_code

BUILDERS = {
    "casme2": "data_builders.casme2.casme2_dataset_builder",
    "synthetic": "data_builders.synthetic.synthetic_dataset_builder",
}


@dataclasses.dataclass(frozen=True)
class Built:
    """A built dataset: where it lies, its metadata, and how long the build took.

    `seconds` is None where it was built before and this call did nothing.
    """

    path: Path
    metadata: dict[str, Any]
    seconds: float | None


def build(
    name: str,
    source: str | Path,
    *,
    data_dir: str | Path = "data/tfds",
    frames: int = 8,
    size: int = 144,
    alignment: str = "clip",
    workers: int | None = None,
    max_missed: float = 0.05,
    predictor: str | Path | None = None,
    overwrite: bool = False,
    make_detector: Callable[[], faces.Detector] | None = None,
) -> Built:
    """Builds one dataset from its raw folder, or finds it built.

    The dataset appears in `data_dir` when it is complete and not before; a build that fails or is
    stopped leaves nothing behind and an earlier one untouched.

    Args:
      name: one of `BUILDERS`.
      source: raw dataset folder.
      data_dir: where built datasets lie; this one in NAME/t<frames>_s<size>_<alignment>/<version>.
      frames: t, frames the network sees: 2, 4, 8 or 16.
      size: S, side of the aligned image in px, a multiple of 72.
      alignment: 'clip' or 'per_frame'.
      workers: processes, None for one per core.
      max_missed: largest accepted fraction of frames without a face, 0 to 1.
      predictor: dlib shape predictor file with 68 points, None for the packaged one.
      overwrite: build again although it is built.
      make_detector: makes a face detector to use instead of dlib's.

    Raises:
      UserError: for bad input, see the message.
    """
    settings = RecordSettings(frames, size, alignment)
    _check_options(name, workers, max_missed)
    data_dir, source = Path(data_dir).expanduser(), Path(source).expanduser()
    predictor = Path(predictor).expanduser() if predictor else None
    _check_files(source, predictor)
    done = built_path(name, data_dir, settings.config_name)
    if done and not overwrite:
        return Built(done, open_dataset(name, data_dir, settings.config_name)[1], None)
    # Imported late: TFDS takes seconds, and a misspelt option should not.
    from data_builders.common import builder as common  # noqa: PLC0415

    start = time.monotonic()
    with _progress() as on_clip, _explained(data_dir), workspace(data_dir) as work:
        options = common.BuildOptions(
            workers=workers or default_workers(),
            max_missed=max_missed,
            predictor=predictor,
            make_detector=make_detector,
            on_clip=on_clip,
        )
        builder_class = importlib.import_module(BUILDERS[name]).Builder
        built = common.prepare(builder_class, settings, source, work, options)
        path = _publish(built, work, data_dir)
    metadata = open_dataset(name, data_dir, settings.config_name)[1]
    return Built(path, metadata, time.monotonic() - start)


def _check_options(name: str, workers: int | None, max_missed: float) -> None:
    if name not in BUILDERS:
        near = difflib.get_close_matches(name, BUILDERS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(BUILDERS)}"
        raise UserError(f"there is no dataset {name!r}: {hint}")
    if not 0 <= max_missed <= 1:
        raise UserError(f"max_missed is {max_missed}, expected a fraction from 0 to 1")
    if workers is not None and workers < 1:
        raise UserError(f"workers is {workers}, expected at least 1")


def _check_files(source: Path, predictor: Path | None) -> None:
    try:
        empty = not source.is_dir() or not any(source.iterdir())
    except OSError as error:
        raise UserError(f"cannot read the folder {source} ({error.strerror}): check it") from error
    if empty:
        raise UserError(
            f"there is no folder {source}, or it is empty: --source names the raw dataset's folder"
        )
    if predictor is not None and not predictor.is_file():
        raise UserError(
            f"there is no landmark model at {predictor}: --predictor names dlib's file of 68 points"
        )


@contextlib.contextmanager
def _explained(data_dir: Path) -> Iterator[None]:
    """Raises UserError for a full disk and for files that cannot be read or written."""
    try:
        yield
    # The record writer is C++ and raises RuntimeError for everything: only its text tells.
    except (OSError, RuntimeError) as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise UserError(
                f"the disk of {data_dir} is full: free some space, or give another --data_dir"
            ) from error
        if not isinstance(error, OSError):
            raise
        raise UserError(
            f"{error.filename or data_dir}: {error.strerror or error}; the source must be readable "
            f"and {data_dir} writable: check both, or give another --data_dir"
        ) from error


def _publish(built: Path, work: Path, data_dir: Path) -> Path:
    """Moves a finished dataset from the workspace to its place, over an earlier one."""
    place, earlier = data_dir / built.relative_to(work), work / "earlier"
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        if place.exists():
            place.rename(earlier)
        built.rename(place)
    except BaseException:  # also Ctrl-C: the workspace, and the earlier one in it, is deleted next
        if earlier.exists() and not place.exists():
            earlier.rename(place)
        raise
    return place


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar with the time left, on a terminal only."""
    console = rich.console.Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeRemainingColumn(),
    )
    with rich.progress.Progress(*columns, console=console) as bar:
        task = bar.add_task("faces, landmarks, flow", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def summary(built: Built) -> str:
    """What was built, for a reader: counts, what was left out, size, time and place."""
    meta = built.metadata
    size = sum(file.stat().st_size for file in built.path.rglob("*") if file.is_file())
    lines = [
        f"{meta['dataset']}: {meta['clips']} clips of {meta['subjects']} subjects, "
        f"{meta['frames']} frames, {size / 1e6:.1f} MB in {built.path}",
        f"emotions: {', '.join(f'{n} {emotion}' for emotion, n in meta['emotions'].items())}",
        f"no face in {meta['missed_frames']} frames of {meta['missed_clips']} clips: they took "
        "their neighbours' landmarks",
        f"{meta['repeated_clips']} clips have fewer than {meta['t']} frames and repeat some",
        f"{meta['absent_frames']} frames between onset and offset are not on disk",
    ]
    lines += [f"skipped {s['subject']}/{s['clip']}: {s['reason']}" for s in meta["skipped"]]
    lines += [f"no annotation for {folder}: left out" for folder in meta["unannotated"]]
    if meta["generated"]:
        lines.append("generated clips, not recordings of people")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was built")


def _run(arguments: Sequence[str] | None) -> int:
    options = vars(_parser().parse_args(arguments))
    built = build(options.pop("dataset"), **options)
    print(summary(built))
    if built.seconds is None:
        print("already built, nothing done: --overwrite builds it again")
    else:
        print(f"built in {built.seconds:.0f} s")
    return 0


def _parser() -> Parser:
    defaults = RecordSettings()
    parser = Parser(
        prog="python -m data_builders.build",
        description="Builds a dataset: faces, landmarks and optical flow of every annotated clip.",
    )
    add = parser.add_argument
    add("dataset", help=f"one of {', '.join(BUILDERS)}")
    add("--source", required=True, help="folder of the raw dataset")
    add("--data_dir", default="data/tfds", help="where built datasets lie (%(default)s)")
    add("--frames", type=int, default=defaults.frames, help="frames per clip, t (%(default)s)")
    add(
        "--size",
        type=int,
        default=defaults.size,
        help="side of the aligned image, px (%(default)s)",
    )
    add(
        "--alignment",
        default=defaults.alignment,
        help="clip: one transform per clip; per_frame: the paper's (%(default)s)",
    )
    add("--workers", type=int, help="processes (one per core)")
    add(
        "--max_missed",
        type=float,
        default=0.05,
        help="largest accepted fraction of frames without a face (%(default)s)",
    )
    add("--predictor", help="dlib shape predictor with 68 points (the packaged one)")
    add("--overwrite", action="store_true", help="build again although it is built")
    return parser


if __name__ == "__main__":
    sys.exit(main())
