"""Where a dataset would be built: whether it can be written there."""

import os
import shutil
import tempfile
from pathlib import Path

from data_builders.diagnosis.findings import Findings
from data_builders.records.record import RecordSettings

BUILDING = 3  # times its size: finished clips, records in a row, and the dataset
LONGEST_NAME = 255  # bytes of a folder's name, on every common file system


def report(
    name: str, settings: RecordSettings, data_dir: Path, size: int, findings: Findings
) -> None:
    """Whether the dataset, of `size` bytes, can be written where it is to lie."""
    refusal = _refusal(data_dir.absolute() / name / settings.config_name)
    if refusal:
        findings.bad(f"{refusal}: give another --data_dir")
        return
    _report_space(data_dir, size, findings)


def _refusal(folder: Path) -> str:
    """Why nothing can be written in a folder that need not exist, or nothing."""
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in folder.parts):
        return f"{folder} has a name of more than {LONGEST_NAME} bytes"
    place = next(p for p in (folder, *folder.parents) if os.path.lexists(p))
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return f"{place} is no folder that can be written in"
    if shutil.disk_usage(place).total:
        return ""
    try:  # /proc and its like; also some network drives, which are in order
        with tempfile.TemporaryDirectory(dir=place):
            return ""
    except OSError as error:
        return f"no folder can be made in {place} ({error.strerror})"


def _report_space(data_dir: Path, size: int, findings: Findings) -> None:
    folder = data_dir.absolute()
    place = next(p for p in (folder, *folder.parents) if p.exists())
    usage = shutil.disk_usage(place)
    if not usage.total:
        findings.note(f"the file system of {data_dir} does not say how much space is free")
    elif usage.free < size:
        findings.bad(
            f"{in_bytes(usage.free)} free in {data_dir}, of {in_bytes(size)} that the dataset "
            "takes: free some space or give another --data_dir"
        )
    elif usage.free < BUILDING * size:
        findings.odd(
            f"{in_bytes(usage.free)} free in {data_dir}: a build stops when the disk is full, free "
            "some space or give another --data_dir"
        )
    else:
        findings.ok(f"{in_bytes(usage.free)} free in {data_dir}")


def in_bytes(count: float) -> str:
    """'1.5 MB', '2.5 GB'."""
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"
