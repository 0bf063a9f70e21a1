"""The mark of generated clips: whatever is printed of them says that they are.

A look-alike has the name of a real dataset, and once even its counts. So each row of a table knows
whether its clip was drawn, and the tables that hold such rows have a column `generated`, 1 or 0, at
their end. The dataset `synthetic` needs none: its name says it. A table of anybody's without the
column says nothing about it, and is taken as it is. Needs no JAX.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from mol_jax.files.cells import Cells

WORD = "GENERATED"
COLUMN = "generated"
LOG = f"{WORD}-"  # before the name of a dataset in a MEGC log, which has no other place for it
_SYNTHETIC = "synthetic"
_YES = {"1", "1.0", "true", "t", "yes", "y", "generated"}
_NO = {"0", "0.0", "false", "f", "no", "n", "", "nan", "none", "null"}
# The tables of a workdir whose config.json tells what an earlier version did not write in them.
_OF_RUN = ("predictions.csv", "selected.csv", "flow_svm.csv", "dense.csv")


class _Row(Protocol):
    @property
    def dataset(self) -> str: ...
    @property
    def generated(self) -> bool: ...


Row = TypeVar("Row", bound=_Row)


def read(cells: Cells, dataset: str) -> bool:
    """Tells whether a line is of a generated clip. Raises UserError for a mark that is unclear."""
    if dataset.casefold() == _SYNTHETIC or named_so(dataset):
        return True
    if not cells.has(COLUMN):
        return False
    text = cells.values[COLUMN].strip().casefold()
    if text not in _YES | _NO:
        expected = "1 for a generated clip, else 0; give the column another name if it is no mark"
        raise cells.fail(COLUMN, repr(cells.values[COLUMN]), expected)
    return text in _YES


def named_so(dataset: str) -> bool:
    """Tells whether the name of a dataset begins with the mark that it has in a MEGC log."""
    return dataset.casefold().startswith(LOG.casefold())


def needs_column(rows: Iterable[_Row]) -> bool:
    """Tells whether a table of these rows must have the column: a name hides what they are."""
    return any(row.generated and row.dataset != _SYNTHETIC for row in rows)


def header(rows: Sequence[_Row]) -> tuple[str, ...]:
    """Returns the names of the columns that mark a table of these rows: one, or none."""
    return (COLUMN,) if needs_column(rows) else ()


def cells(rows: Sequence[_Row]) -> list[tuple[int, ...]]:
    """Returns the cells below `header`, a tuple for each row."""
    wanted = needs_column(rows)
    return [(int(row.generated),) if wanted else () for row in rows]


def of_run(path: str | Path, rows: Sequence[Row]) -> list[Row]:
    """Returns the rows of a file of a workdir, marked as the config.json beside it says.

    Runs of earlier versions have no column. Other files are returned as they are.
    """
    path = Path(path)
    drawn = _drawn(path.with_name("config.json")) if path.name in _OF_RUN else set()
    return [
        dataclasses.replace(row, generated=True)  # type: ignore[type-var]
        if row.dataset in drawn and not row.generated
        else row
        for row in rows
    ]


def _drawn(config: Path) -> set[str]:
    """Returns the datasets that a run's config.json says are generated; none if it says nothing."""
    try:
        data = json.loads(config.read_text(encoding="utf-8"))["dataset"]
        parts = data.get("parts") or [data]
        return {
            part["name"]
            for part in parts
            if (part["built"]["generated"] if part is not data else data["generated"])
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()  # whoever needs the file says what is wrong with it


def counted(rows: Iterable[Any]) -> dict[str, int]:
    """Returns {"generated_clips": their number, each video once}, {} where there are none."""
    drawn = [row for row in rows if row.generated]
    videos = {getattr(row, "video", None) or (row.dataset, row.subject, row.clip) for row in drawn}
    return {"generated_clips": len(videos)} if videos else {}


def sentence(metrics: Mapping[str, Any]) -> str:
    """Returns what must stand beside every figure of generated clips, "" where there are none.

    metrics: the content of metrics.json, or its like.
    """
    said = short(metrics)
    drawn = "drawn by a program: these are figures of no real dataset, whatever its name"
    return f"{said}, {drawn}." if said else ""


def short(metrics: Mapping[str, Any]) -> str:
    """Returns the beginning of `sentence`, for a picture or the title of a table."""
    made = metrics.get("generated_clips", 0)
    if not made:
        return ""
    every = metrics["n_clips"]
    if made == every:
        return f"{WORD} CLIPS"
    parts = metrics.get("per_dataset") or {}
    names = [name for name, part in parts.items() if name and part.get("generated_clips")]
    return f"{made} OF {every} CLIPS ARE {WORD}" + (f" ({', '.join(names)})" if names else "")


def named(name: str, metrics: Mapping[str, Any]) -> str:
    """Returns what a run or dataset is called in a table, with the mark where it has such clips."""
    return f"{name} ({WORD})" if metrics.get("generated_clips") else name


def plain(label: str) -> str:
    """Returns a name without the mark of `named`."""
    return label.removesuffix(f" ({WORD})")
