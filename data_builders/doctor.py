"""Says what a build of a dataset would find: `python -m data_builders.doctor casme2 --source=DIR`.

It changes nothing. Exit code 0: it will build; 1: it will build, with oddities worth reading; 2: it
cannot be built, or the input is bad.
"""

import dataclasses
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from data_builders.annotations.annotation import read_marker
from data_builders.datasets import BUILDERS
from data_builders.diagnosis import findings as levels
from data_builders.diagnosis.checkup import Checkup
from data_builders.diagnosis.findings import MOST, Findings
from data_builders.disk.processes import default_workers
from data_builders.records import options
from data_builders.records.options import FOLDER
from data_builders.records.record import RecordSettings
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import typed
from mol_jax.text.words import counted

SAMPLE = 10


def diagnose(checkup: Checkup, findings: Findings) -> int:
    """Prints the report; returns the exit code.

    Raises:
      UserError: for a landmark model that is none.
    """
    # Imported late, like the builders themselves: a misspelt option is to be refused at once.
    from data_builders.annotate import annotate  # noqa: PLC0415
    from data_builders.diagnosis import (  # noqa: PLC0415
        beside,
        classes,
        cost,
        every_image,
        folders,
        pixels,
        place,
        reading,
        sources,
    )

    name, source = checkup.name, checkup.source
    whole = False
    findings.emit(f"{name} in {source}, and what a build would make of it; nothing is changed")
    findings.section("Annotation")
    try:
        annotated = annotate(name, source, checkup.labels)
        reading.report(name, source, annotated, findings)
    except UserError as error:
        findings.bad(str(error))
        annotated = None
    if annotated is None or not annotated.clips:
        reading.report_missing(name, source, findings)
        return _conclude(checkup, findings)
    findings.section("Frames on disk")
    found = folders.report(annotated.clips, checkup.settings.frames, findings)
    findings.section("Class views")
    lost = {clip.key for clip in annotated.clips} - {one.clip.key for one in found}
    generated = read_marker(source) is not None
    classes.report(name, annotated.clips, lost, findings, generated=generated)
    if not found:
        reading.report_missing(name, source, findings)
    else:
        sample = pixels.choose(found, checkup.sample or SAMPLE)
        detector = checkup.detector()
        findings.section("Images")
        seconds = every_image.SECONDS if checkup.sample is None else None
        checked = every_image.read(found, sample, checkup.workers, seconds)
        every_image.report(checked, findings)
        if checkup.sample is None and not checked.refused:
            seen = pixels.look_at_all(found, sample, detector, checked.whites)
        else:
            seen = pixels.look(sample, detector, checked.whites)
        total = sum(len(one.files) for one in found)
        side, max_missed = checkup.settings.size, checkup.max_missed
        pixels.report(seen, checked, side, max_missed, total, findings)
        whole = seen.whole and checked.complete
        places = sources.find(name, source, found)
        if len(places) > 1:
            findings.section("Frame sources")
            mine = pixels.look(sample, detector, checked.whites) if seen.whole else seen
            sources.report(places, mine, sample, detector, findings)
        beside.report(checkup, annotated, findings)
        findings.section("Cost of a build")
        size = cost.report(found, seen, checkup.settings, checkup.workers, findings)
        place.report(name, checkup.settings, checkup.data_dir, size, findings)
    return _conclude(checkup, findings, whole=whole)


def _conclude(checkup: Checkup, findings: Findings, *, whole: bool = False) -> int:
    """The verdict, and the command that builds; whole: whether every image was looked at."""
    findings.section("Verdict")
    if findings.code == levels.CANNOT_BUILD:
        findings.emit(f"  cannot be built: {counted(findings.faults, 'fault')}, marked bad above")
        return findings.code
    shown = "" if whole else ", as far as the sample shows"
    if findings.code == levels.ODD:
        odd = "1 oddity" if findings.oddities == 1 else f"{findings.oddities} oddities"
        findings.emit(f"  will build{shown}, with {odd} worth reading, marked odd above")
    else:
        findings.emit(f"  will build{shown}")
    findings.emit(f"  {_command(checkup)}")
    _first_try(checkup, findings)
    return findings.code


def _command(checkup: Checkup) -> str:
    words = ["python", "-m", "data_builders.build", checkup.name, f"--source={checkup.source}"]
    words += options.flags(checkup.settings)
    if checkup.workers != default_workers():
        words.append(f"--workers={checkup.workers}")
    for option in ("labels", "predictor"):
        if getattr(checkup, option) is not None:
            words.append(f"--{option}={getattr(checkup, option)}")
    if checkup.max_missed != Checkup.max_missed:
        words.append(f"--max_missed={checkup.max_missed:g}")
    if checkup.data_dir != Checkup.data_dir:
        words.append(f"--data_dir={checkup.data_dir}")
    return shlex.join(words)


def _first_try(checkup: Checkup, findings: Findings) -> None:
    """Of own recordings, what to run first: `configs/folder_small.py` on the build it reads."""
    if checkup.name != FOLDER:
        return
    small = RecordSettings(frames=2, size=72)  # what that config reads
    findings.emit("  but first, at sizes that a laptop trains (docs/own_recordings.md):")
    if small != checkup.settings:
        findings.emit(f"  {_command(dataclasses.replace(checkup, settings=small))}")
    words = ["python", "-m", "mol_jax.main", "--config=configs/folder_small.py"]
    if checkup.data_dir != Checkup.data_dir:
        words.append(f"--config.data.dir={checkup.data_dir}")
    findings.emit(f"  {shlex.join(words)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was changed")


def _run(arguments: Sequence[str] | None) -> int:
    given = vars(_parser().parse_args(arguments))
    settings = options.take_settings(given)
    most = None if given.pop("all") else MOST
    for option in ("source", "predictor", "labels"):
        if given[option] is not None:
            given[option] = Path(os.path.expanduser(given[option]))
    given["data_dir"] = typed(given["data_dir"], "--data_dir")
    name, workers = given.pop("dataset"), given.pop("workers")
    workers = default_workers() if workers is None else workers
    checkup = Checkup(name=name, workers=workers, settings=settings, **given)
    try:
        return diagnose(checkup, Findings(emit=lambda line: print(line, flush=True), most=most))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(
            f"cannot read {error.filename or checkup.source} ({error.strerror or error}): check it"
        ) from error


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data_builders.doctor",
        description="Says what a build of a dataset would find. It changes nothing.",
        epilog="Exit code 0: it will build; 1: it will build, with oddities worth reading; 2: it "
        "cannot be built, or the input is bad. A script that stops only at 2 says: "
        "doctor ... || test $? -eq 1.",
    )
    add = parser.add_argument
    add("dataset", help=f"one of {', '.join(BUILDERS)}")
    add("--source", required=True, help="folder of the raw dataset")
    add(
        "--sample",
        type=int,
        help="clips whose images are read, and three of each searched for faces (all of all clips "
        f"where that takes some 20 s at most, else {SAMPLE} clips)",
    )
    add("--all", action="store_true", help="list all particulars of a finding, not the first few")
    add("--labels", help=f"table of labels, for {FOLDER} (labels.csv in the source)")
    add("--data_dir", default=str(Checkup.data_dir), help="where it would be built (%(default)s)")
    options.add_settings(parser)
    add("--workers", type=int, help="processes, for the time (one per core)")
    add(
        "--max_missed",
        type=float,
        default=Checkup.max_missed,
        help="largest accepted fraction of frames without a face (%(default)s)",
    )
    add("--predictor", help="dlib shape predictor with 68 points (the packaged one)")
    return parser


if __name__ == "__main__":
    leave(main())
