"""The results of a run: a JSON file that is whole after every measurement."""

import datetime
import math
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files.whole import write_json

MEASURED, PARTLY, SKIPPED, FAILED, RUNNING = "measured", "partly", "skipped", "failed", "running"
LEFT = "left out"  # for lack of time
_PATH = re.compile(r"(?<![\w.])~?/[\w.@+-]+(?:/[\w.@+-]*)*")  # nothing of a machine's folders
_LONGEST = 300


class ResultFile:
    """One run's results. It may be written from the thread that ends the run, too."""

    def __init__(self, folder: Path, machine: dict[str, Any], *, command: str, tiny: bool):
        """Writes the file with no part in it. Raises UserError where it cannot be written."""
        date = datetime.datetime.now(datetime.UTC).date().isoformat()
        self.short: list[str] = []  # parts that the time did not hold, or not to their end
        self._lock = threading.RLock()
        self._closed = False
        self.path = _new_path(folder, machine["device"], date, tiny=tiny)
        self.content: dict[str, Any] = {
            "command": command,
            "date": date,
            "tiny": tiny,
            "finished": False,
            "machine": machine,
            "parts": [],
        }
        self.save()

    def begin(self, name: str, title: str) -> None:
        """Adds a part that is now measured."""
        self._add({"name": name, "title": title, "status": RUNNING, "why": "", "rows": []})

    def row(self, row: dict[str, Any]) -> None:
        """Adds what was measured to the part that is measured now."""
        with self._lock:
            self.rows.append({name: _plain(value) for name, value in row.items()})
            self.save()

    def end(self, *, seconds: float, why: str = "", status: str = "") -> None:
        """Ends the part; `why` it did not end well, in a sentence."""
        with self._lock:
            ended = PARTLY if self.rows else FAILED
            self._last["status"] = status or (ended if why else MEASURED)
            self._last["why"] = said(why)
            self._last["seconds"] = round(seconds, 1)
            self.save()

    def cut(self, why: str, parts: Mapping[str, str]) -> None:
        """Ends the run before its end: the part that is measured says why, and those after it.

        parts: titles by name of all that were to be measured. Nothing is written after it.
        """
        with self._lock:
            if self.content["parts"] and self._last["status"] == RUNNING:
                self._last["status"] = PARTLY if self.rows else LEFT
                self._last["why"] = why
                self.short.append(self._last["name"])
            begun = {part["name"] for part in self.content["parts"]}
            for name in (name for name in parts if name not in begun):
                self.leave(name, parts[name], why)
            self.save()
            self._closed = True

    def leave(self, name: str, title: str, why: str) -> None:
        """Adds a part that there is no time for."""
        self._add({"name": name, "title": title, "status": LEFT, "why": said(why), "rows": []})
        self.short.append(name)

    def finish(self) -> None:
        """Says that the run came to its end, and was not cut off."""
        with self._lock:
            self.content["finished"] = True
            self.save()

    def save(self) -> None:
        """Writes the file, whole or not at all."""
        with self._lock:
            if not self._closed:
                write_json(self.path, self.content)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Returns the rows of the part that is measured now."""
        return self._last["rows"]

    @property
    def _last(self) -> dict[str, Any]:
        return self.content["parts"][-1]

    def _add(self, part: dict[str, Any]) -> None:
        with self._lock:
            self.content["parts"].append(part)
            self.save()


def said(text: str) -> str:
    """Returns the first line of an error, cut to a sentence, without a machine's folders."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _PATH.sub("…", lines[0])[:_LONGEST] if lines else ""


def _new_path(folder: Path, device: str, date: str, *, tiny: bool) -> Path:
    """Returns a name that no earlier run of that day has."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--out is {folder}, which is a file; give a folder.")
    kind = re.sub(r"[^a-z0-9]+", "_", device.lower()).strip("_") or "unknown"
    stem = f"device_{kind}{'_tiny' if tiny else ''}_{date}"
    names = (f"{stem}.json", *(f"{stem}_{number}.json" for number in range(2, 1000)))
    return next(path for name in names if not (path := folder / name).exists())


def _plain(value: Any) -> Any:
    """Returns a figure as JSON has it: None for a number that is none."""
    if isinstance(value, str | bool | int) or value is None:
        return value
    number = float(value)
    return number if math.isfinite(number) else None
