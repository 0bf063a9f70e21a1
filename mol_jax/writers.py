"""What a run writes beside its tables: JSON files, TensorBoard events and a progress bar."""

import importlib.metadata
import json
import platform
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from tensorboardX import SummaryWriter

from mol_jax.cells import write_text
from mol_jax.rows import HistoryRow

PACKAGES = (
    "mol_jax", "jax", "flax", "optax", "orbax-checkpoint", "numpy", "tensorflow-datasets",
    "opencv-contrib-python-headless", "dlib-bin",
)  # fmt: skip


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes a JSON file, whole or not at all."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")


def versions() -> dict[str, str]:
    """Returns the versions of Python and of every package that can change a result."""
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version()} | found


def git_commit() -> str | None:
    """Returns this checkout's commit, with "-dirty" where files differ; None outside git."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        head = subprocess.run(
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
        )
        changed = subprocess.run(
            [*git, "status", "--porcelain"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    if head.returncode:
        return None
    return head.stdout.strip() + ("-dirty" if changed.stdout.strip() else "")


class Events:
    """The TensorBoard event file of one replica: every replica is a run of its own."""

    def __init__(self, folder: Path, replica: str, *, start: int):
        """Opens the folder of a replica; events after step `start` are replaced."""
        self._writer = SummaryWriter(str(folder / quote(replica)), purge_step=start + 1)

    def __enter__(self) -> "Events":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def write(self, row: HistoryRow, *, rate: float, speed: float) -> None:
        """Adds a row of history; `rate` is the learning rate, `speed` in steps per second."""
        losses = {name: getattr(row, name) for name in ("mer", "flow", "landmarks")}
        values = {"total": row.total, "grad_norm": row.grad_norm, "learning_rate": rate}
        values |= {name: value for name, value in losses.items() if value is not None}
        for name, value in (values | {"steps_per_second": speed}).items():
            self._writer.add_scalar(f"train/{name}", value, row.step)


def progress(console: Console) -> Progress:
    """Returns a progress bar with an ETA, which is silent where the console is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)
