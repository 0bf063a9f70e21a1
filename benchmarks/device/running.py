"""Parts one after another, each recorded whatever becomes of it, until the time is up."""

import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence

from benchmarks.device import machine
from benchmarks.device.arguments import Given
from benchmarks.device.bench import Bench
from benchmarks.device.part import Part, Row, Unavailable
from benchmarks.device.result_file import SKIPPED, ResultFile, said

TIME_IS_UP = "the time was up"
LEAST = 1.0  # seconds that a part needs, however small


def run(parts: Sequence[Part], bench: Bench, given: Given) -> int:
    """Measures the parts and says which were left out; returns 1 where a part failed, else 0."""
    file = ResultFile(given.out, machine.describe(), command=given.text, tiny=given.tiny)
    _say(f"{file.content['machine']['device']}, {given.minutes:g} minutes: {file.path}")
    titles = {part.name: part.title for part in parts}
    alarm = threading.Timer(max(0.0, bench.clock.left), _end_here, [file, titles])
    alarm.daemon = True
    alarm.start()
    try:
        failed = [part.name for part in parts if not _measured(part, bench, file)]
    finally:
        alarm.cancel()
    file.finish()
    _say_left(file)
    if failed:
        print(
            f"error: these parts failed: {', '.join(failed)}; {file.path} says why.",
            file=sys.stderr,
        )
    return 1 if failed else 0


def _measured(part: Part, bench: Bench, file: ResultFile) -> bool:
    """Measures a part, or says why not; returns False where it failed."""
    need = LEAST if bench.tiny else part.seconds
    if bench.clock.left < need:
        why = f"it may take {need:.0f} s, and {max(0.0, bench.clock.left):.0f} s are left"
        file.leave(part.name, part.title, why)
        _say(f"{part.name}: left out: {why}")
        return True
    _say(f"{part.name}: {part.title}")
    file.begin(part.name, part.title)
    began, why, status = time.monotonic(), "", ""
    try:
        for row in part.measure(bench):
            file.row(row)
            _say(f"  {_line(row)}")
    except Unavailable as reason:
        why, status = str(reason), "" if file.rows else SKIPPED
    except Exception as error:  # whatever it is, the next part goes on
        why = f"{type(error).__name__}: {said(str(error))}"
        status = "" if file.rows else "failed"
        _say(f"  failed: {why}")
        file.end(seconds=time.monotonic() - began, why=why, status=status)
        return False
    if why:
        _say(f"  {why}")
    file.end(seconds=time.monotonic() - began, why=why, status=status)
    return True


def _end_here(file: ResultFile, titles: Mapping[str, str]) -> None:
    """Ends the process: a compiler, which may be at work, cannot be told to stop."""
    file.cut(f"{TIME_IS_UP} before it ended", titles)
    _say(f"{TIME_IS_UP}; {file.path} has what was measured")
    _say_left(file)
    sys.stdout.flush()
    os._exit(0)


def _say_left(file: ResultFile) -> None:
    if file.short:
        names = " ".join(file.short)
        _say(f"left for lack of time: {names}. python -m benchmarks.device --parts {names}")


def _line(row: Row) -> str:
    figures = (f"{name} {_short(value)}" for name, value in row.items() if name != "what")
    return f"{row['what']}: {', '.join(figures)}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _say(line: str) -> None:
    print(line, flush=True)
