"""What Figures 5 and 6 show: the kept predictions of several runs, brought to the same pairs."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data_builders.records.gallery import MARKER, WARNING
from mol_jax.dense import chosen, figures, kept, output, videos
from mol_jax.dense.figures import Shown
from mol_jax.dense.kept import Kept
from mol_jax.dense.videos import Key
from mol_jax.errors import UserError
from mol_jax.files.whole import write_table, write_text
from mol_jax.reporting import lettering
from mol_jax.reporting.finished_run import Run, read_run
from mol_jax.scoring import mark
from mol_jax.scoring.dense_csv import DenseRow

FLOWS = {"tvl1": "TV-L1", "dis": "DIS"}  # of data.flow
NUMBERS = ("run", "clip", "pair", "first_frame", "second_frame", "epe", "residual", "nme")


@dataclasses.dataclass(frozen=True, eq=False)
class Column:
    """One run of a figure: its folder, its files, and what it kept of each clip."""

    folder: Path
    run: Run
    clips: Sequence[Kept]

    @property
    def name(self) -> str:
        """Returns the folder's name."""
        return self.folder.resolve().name

    @property
    def tasks(self) -> list[str]:
        """Returns the tasks of the first trial."""
        return [task for task in ("mer", "flow", "landmarks") if self.run.on(task)]


def draw(
    folders: Sequence[Path],
    clips: Sequence[str],
    out: Path,
    *,
    pair: int | None = None,
    subjects: Sequence[str] | None = None,
    data_dir: Path | None = None,
) -> list[Path]:
    """Draws both figures of the first trial and seed of some runs; returns the files.

    clips: as "casme2/sub01/EP02_01f". pair: from 1; the one of the largest true motion if None.
    subjects: whose faces are shown, of generated clips everybody's where it is empty; no face is if
    it is None. A figure of which no run has the task is left out. out: a new or an empty folder.

    Raises UserError for runs, clips and people that are not there, or do not fit each other.
    """
    output.check_new(out)
    keys = chosen.keys(clips)
    columns = [_column(folder, keys) for folder in folders]
    chosen.refuse_one_name([column.name for column in columns])
    rows = [_row(columns, k, key, pair) for k, key in enumerate(keys)]
    if subjects is not None:
        rows = _with_pictures(rows, keys, columns, subjects, data_dir)
        output.refuse_inside_a_run(out, *folders)
        if any(column.run.people for column in columns):
            write_text(out / MARKER, WARNING)  # before the pictures
    of_keys = chosen.dense_rows(columns[0].run, keys)
    note = mark.short({"n_clips": len(keys), **mark.counted(of_keys)})
    files = [out / "figures.csv", *_draw_figures(out, columns, rows, note)]
    lines = [
        [*line, *map(str, marked)]
        for row, marked in zip(rows, mark.cells(of_keys), strict=True)
        for line in _numbers(row, columns)
    ]
    write_table(files[0], (*NUMBERS, *mark.header(of_keys)), lines)
    return files


def _draw_figures(
    out: Path, columns: Sequence[Column], rows: Sequence[Shown], note: str
) -> list[Path]:
    """Draws the figures that some run has the task of; returns their files.

    Where names cannot be drawn, names.txt says what stands for them.
    """
    letters = lettering.letter([*(row.name for row in rows), *(of.name for of in columns)])
    drawn, folders = letters.names[: len(rows)], letters.names[len(rows) :]
    rows = [dataclasses.replace(row, name=name) for row, name in zip(rows, drawn, strict=True)]
    files = []
    for task, file, draw_ in (
        ("flow", "figure5_flow.png", figures.draw_flow),
        ("landmarks", "figure6_landmarks.png", figures.draw_landmarks),
    ):
        shown = [k for k, column in enumerate(columns) if column.run.on(task)]
        if shown:
            of = [dataclasses.replace(row, runs=[row.runs[k] for k in shown]) for row in rows]
            target = FLOWS[columns[0].run.settings["data"]["flow"]] if task == "flow" else "dlib"
            titles = [f"{folders[k]}\n({', '.join(columns[k].tasks)})" for k in shown]
            draw_(out / file, [f"ground truth\n({target})", *titles], of, note=note)
            files.append(out / file)
    for said in lettering.legend(letters.numbered):
        files.append(out / "names.txt")
        write_text(files[-1], said + "\n")
    return files


def _column(folder: Path, keys: Sequence[Key]) -> Column:
    run = read_run(folder)
    if not (run.on("flow") or run.on("landmarks")):
        raise UserError(f"{folder} trained neither flow nor landmarks; leave it out.")
    chosen.refuse_unscored(folder, run, keys)
    chosen.refuse_first_seed(folder, run, keys)
    held = kept.find(folder, run.trial, run.settings["seeds"][0], keys)
    for key, of in zip(keys, held, strict=True):
        _refuse_others(folder, run, key, of)
    return Column(folder, run, held)


def _refuse_others(folder: Path, run: Run, key: Key, of: Kept) -> None:
    """Raises UserError where a kept prediction is not the one that the run's tables score."""
    seed = run.settings["seeds"][0]
    rows = [r for r in run.dense if (r.dataset, r.subject, r.clip) == key and r.seed == seed]
    several = run.settings["predict"]["phases"] == "all"  # the tables are means over them
    if rows and (several or np.allclose(_errors(of), _scored(rows[0]), 1e-3)):
        return
    raise UserError(
        f"{folder} kept another prediction of {'/'.join(key)} than dense.csv has; run its command "
        "again with --mode=eval, which writes both."
    )


def _scored(row: DenseRow) -> tuple[float, float]:
    """Returns the EPE and NME that dense.csv has of a clip, 0 for a task that is off."""
    return row.values.get("epe") or 0.0, row.values.get("nme") or 0.0


def _errors(of: Kept) -> tuple[float, float]:
    """Returns the mean EPE and NME over a clip, 0 for a task that is off."""
    epe = nme = 0.0
    if of.flow is not None:
        epe = float(np.linalg.norm(of.flow - of.true_flow.astype(np.float32), axis=-1).mean())
    if of.landmarks is not None:
        pairs = zip(of.landmarks, of.true_landmarks, strict=True)
        nme = float(np.mean([figures.landmark_error(a, b) for a, b in pairs]))
    return epe, nme


def _row(columns: Sequence[Column], index: int, key: Key, pair: int | None) -> Shown:
    """Returns what all runs kept of one clip. Raises UserError unless they saw the same pairs."""
    runs, first = [column.clips[index] for column in columns], columns[0].clips[index]
    for column, other in zip(columns, runs, strict=True):
        for field in ("numbers", "true_flow", "true_landmarks"):
            if not np.array_equal(getattr(first, field), getattr(other, field)):
                raise UserError(
                    f"{columns[0].folder} and {column.folder} have other frames or targets of "
                    f"{'/'.join(key)}; take runs on one build of the data, with the same "
                    "data.frames and data.crop."
                )
    pairs = len(first.true_flow)
    if pair is not None and not 1 <= pair <= pairs:
        raise UserError(f"--pair is {pair}, but these clips have pairs 1 to {pairs}.")
    at = figures.fastest_pair(first) if pair is None else pair - 1
    return Shown("/".join(key), at, runs)


def _with_pictures(
    rows: Sequence[Shown],
    keys: Sequence[Key],
    columns: Sequence[Column],
    subjects: Sequence[str],
    data_dir: Path | None,
) -> list[Shown]:
    """Returns the rows with their frames, where the people in them may be shown."""
    first = columns[0]
    chosen.refuse_hidden(keys, subjects, [column.run for column in columns])
    of = {video.key: video for video in videos.of_run(first.run, first.folder, data_dir)}
    return [
        dataclasses.replace(row, pictures=of[key].frames[row.pair : row.pair + 2])
        for row, key in zip(rows, keys, strict=True)
    ]


def _numbers(row: Shown, columns: Sequence[Column]) -> list[list[str]]:
    """Returns the lines of figures.csv about one row: targets, zero flow, and each run."""
    first, k = row.runs[0], row.pair
    where = [row.name, str(k + 1), *(f"{number:g}" for number in first.numbers[k : k + 2])]
    true = first.true_flow[k].astype(np.float32)
    lines = [
        ["ground truth", *where, "0", f"{first.residual_true[k]:.6g}", "0"],
        ["zero flow", *where, f"{np.linalg.norm(true, axis=-1).mean():.6g}",
         f"{first.residual_zero[k]:.6g}", ""],
    ]  # fmt: skip
    for column, of in zip(columns, row.runs, strict=True):
        epe = residual = nme = ""
        if of.flow is not None and of.residual is not None:
            epe = f"{np.linalg.norm(of.flow[k] - true, axis=-1).mean():.6g}"
            residual = f"{of.residual[k]:.6g}"
        if of.landmarks is not None:
            nme = f"{figures.landmark_error(of.landmarks[k], of.true_landmarks[k]):.6g}"
        lines.append([column.name, *where, epe, residual, nme])
    return lines
