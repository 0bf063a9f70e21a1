"""Points: what a replica predicts at some steps of its training, and the table that keeps it.

While a study trains, each replica has a file of its own beside its checkpoints, written whenever
its training state is; `by_step.csv` of a workdir is all of them joined. Every row says in `role`
whether the clip was held in to choose by ("validation") or held out ("test"): the latter are there
for the leaky oracle alone, and no choice that is reported as a result reads them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files import checksums
from mol_jax.files.cells import Cells, Table
from mol_jax.files.whole import write_table
from mol_jax.scoring import mark
from mol_jax.scoring.predictions import Prediction

VALIDATION, TEST = ROLES = ("validation", "test")
HEADER = (
    "trial", "seed", "fold", "step", "role", "dataset", "subject", "clip", "true", "pred",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """What was predicted for one clip at one step."""

    step: int
    role: str
    row: Prediction


class Points:
    """The points of a study's replicas, by their names; a resumed training goes on with them."""

    def __init__(self, folder: Callable[[str], Path], classes: Sequence[str]):
        """folder: of a replica's files, by its name. classes: those of the data, in order."""
        self._folder, self._classes = folder, tuple(classes)
        self._held: dict[str, list[Point]] = {}

    def start(self, replica: str, step: int) -> None:
        """Takes up a replica at the step it starts from; drops what comes after that."""
        self._held[replica] = [point for point in self._read(replica) if point.step <= step]

    def add(self, replica: str, points: Iterable[Point]) -> None:
        """Takes the points of one step."""
        self._held[replica].extend(points)

    def of(self, replica: str) -> list[Point]:
        """Returns all points of a replica, [] where it has none."""
        return self._held[replica] if replica in self._held else self._read(replica)

    def save(self, replica: str) -> None:
        """Writes the points of a replica that was started."""
        path = self._path(replica)
        partial = path.with_name(f"{path.name}.partial")
        write_points(partial, self._classes, self._held[replica])
        checksums.publish(partial, path, of=replica)

    def close(self, replica: str) -> None:
        """Writes the points of a replica that is trained, and keeps them on disk only."""
        self.save(replica)
        del self._held[replica]

    def missing(self, replica: str) -> UserError:
        """Returns the refusal to go on without the points of a trained replica."""
        return UserError(f"{self._path(replica)} holds no points; {self._advice(replica)}")

    def _path(self, replica: str) -> Path:
        return self._folder(replica) / "by_step.csv"

    def _read(self, replica: str) -> list[Point]:
        path = self._path(replica)
        if not path.exists():
            return []
        try:
            found = read_points(path)
            checksums.check_file(path, of=replica)
        except (UserError, OSError) as error:
            raise UserError(f"{error}; {self._advice(replica)}") from error
        except checksums.DamagedError as error:
            raise UserError(f"{path} is damaged ({error}); {self._advice(replica)}") from error
        return found

    def _advice(self, replica: str) -> str:
        return f"delete {self._folder(replica)}, then run with --mode=train, which makes it again."


def write_points(path: Path, classes: Sequence[str], points: Iterable[Point]) -> None:
    """Writes a table of points: one line per clip and step, one column p_<class> per class."""
    points = list(points)
    rows = [point.row for point in points]
    header = (*HEADER, *(f"p_{name}" for name in classes), *mark.header(rows))
    lines = zip(map(_line, points), mark.cells(rows), strict=True)
    write_table(path, header, ((*line, *marked) for line, marked in lines))


def _line(point: Point) -> tuple[Any, ...]:
    row = point.row
    start = (row.trial, row.seed, row.fold, point.step, point.role)
    clip = (row.dataset, row.subject, row.clip, row.true, row.pred)
    # Nine digits, so that a float32 comes back as it was.
    return (*start, *clip, *(f"{value:.9g}" for value in row.probs))


def read_points(path: Path) -> list[Point]:
    """Reads a table of points. Raises UserError with the line and column of what is wrong."""
    table = Table(path)
    table.require(*HEADER)
    columns = [name for name in table.header if name.startswith("p_")]
    return [_point(cells, columns) for cells in table]


def _point(cells: Cells, columns: Sequence[str]) -> Point:
    role = cells.text("role")
    if role not in ROLES:
        raise cells.fail("role", repr(role), f"one of {', '.join(ROLES)}")
    row = Prediction(
        dataset=cells.text("dataset"),
        subject=cells.text("subject"),
        clip=cells.text("clip"),
        fold=cells.text("fold"),
        trial=cells.whole("trial"),
        seed=cells.whole("seed"),
        true=cells.text("true"),
        pred=cells.text("pred"),
        probs=tuple(cells.real(name) for name in columns),
        generated=mark.read(cells, cells.text("dataset")),
    )
    return Point(cells.whole("step"), role, row)
