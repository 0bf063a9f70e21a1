"""Paths that no command can use: for what is read, and for what is written."""

from collections.abc import Callable
from pathlib import Path

Make = Callable[[Path], str]


def _file(folder: Path) -> str:
    (folder / "afile").write_text("nothing\n")
    return str(folder / "afile")


def _folder(folder: Path) -> str:
    (folder / "afolder").mkdir()
    return str(folder / "afolder")


def _full_folder(folder: Path) -> str:
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").write_text("years of work\n")
    return str(folder / "mine")


def _loop(folder: Path) -> str:
    (folder / "loop").symlink_to(folder / "loop")
    return str(folder / "loop")


def _dangling(folder: Path) -> str:
    (folder / "link").symlink_to(folder / "gone" / "away")
    return str(folder / "link")


COMMON: dict[str, Make] = {
    "an empty path": lambda folder: "",
    "a loop of links": _loop,
    "a name that is too long": lambda folder: str(folder / ("n" * 300)),
    "a path that is too long": lambda folder: str(folder / "/".join(["n" * 200] * 25)),
    "below a file": lambda folder: _file(folder) + "/below",
    "a home of nobody": lambda folder: "~nobody_here/x",
}
TO_READ = COMMON | {
    "missing": lambda folder: str(folder / "missing"),
    "a dangling link": _dangling,
    "a newline in a missing name": lambda folder: str(folder / "a\nb"),
    "a file that cannot be read": lambda folder: "/proc/self/mem",
}
FILES_TO_READ = TO_READ | {"a folder for a file": _folder}
FOLDERS_TO_READ = TO_READ | {"a file for a folder": _file, "an empty folder": _folder}
TO_WRITE = COMMON | {"where nobody may write": lambda folder: "/proc/nothing/here"}
FILES_TO_WRITE = TO_WRITE | {"a folder for a file": _folder}
NEW_FILES_TO_WRITE = FILES_TO_WRITE | {"a file that is there": _file}
FOLDERS_TO_WRITE = TO_WRITE | {"a file for a folder": _file, "somebody's folder": _full_folder}
