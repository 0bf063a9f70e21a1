"""What Figures 5 and 6 show: the kept predictions of several runs, brought to the same pairs."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data_builders.records.gallery import MARKER, WARNING
from mol_jax.dense import figures, kept, output, videos
from mol_jax.dense.figures import Shown
from mol_jax.dense.kept import Kept
from mol_jax.dense.videos import Key
from mol_jax.errors import UserError
from mol_jax.files.whole import write_table, write_text
from mol_jax.reporting import faces, lettering
from mol_jax.reporting.finished_run import Run, read_run
from mol_jax.reporting.trial_sections import replica_name
from mol_jax.scoring import mark
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.text.words import nearest, shortened

MOST = 8  # clips on one page
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
    keys = [_key(clip) for clip in clips]
    if len(set(keys)) < len(keys) or not 1 <= len(keys) <= MOST:
        raise UserError(
            f"--clips names {len(keys)} clips, {len(set(keys))} of them different; give 1 to {MOST}"
            ", each once."
        )
    columns = [_column(folder, keys) for folder in folders]
    _refuse_one_name(columns)
    rows = [_row(columns, k, key, pair) for k, key in enumerate(keys)]
    if subjects is not None:
        rows = _with_pictures(rows, keys, columns, subjects, data_dir)
        output.refuse_inside_a_run(out, *folders)
        if any(column.run.people for column in columns):
            write_text(out / MARKER, WARNING)  # before the pictures
    of_keys = _dense_rows(columns[0].run, keys)
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
        chosen = [k for k, column in enumerate(columns) if column.run.on(task)]
        if chosen:
            of = [dataclasses.replace(row, runs=[row.runs[k] for k in chosen]) for row in rows]
            target = FLOWS[columns[0].run.settings["data"]["flow"]] if task == "flow" else "dlib"
            titles = [f"{folders[k]}\n({', '.join(columns[k].tasks)})" for k in chosen]
            draw_(out / file, [f"ground truth\n({target})", *titles], of, note=note)
            files.append(out / file)
    for said in lettering.legend(letters.numbered):
        files.append(out / "names.txt")
        write_text(files[-1], said + "\n")
    return files


def _dense_rows(run: Run, keys: Sequence[Key]) -> list[DenseRow]:
    """Returns a row of dense.csv of each clip."""
    rows = {(row.dataset, row.subject, row.clip): row for row in run.dense}
    return [rows[key] for key in keys]


def _key(clip: str) -> Key:
    dataset, subject, name = [*clip.split("/", 2), "", ""][:3]
    if not (dataset and subject and name):
        raise UserError(
            f"--clips has {clip!r}; name each as dataset/subject/clip, such as "
            "casme2/sub01/EP02_01f."
        )
    return dataset, subject, name


def _column(folder: Path, keys: Sequence[Key]) -> Column:
    run = read_run(folder)
    if not (run.on("flow") or run.on("landmarks")):
        raise UserError(f"{folder} trained neither flow nor landmarks; leave it out.")
    _refuse_unscored(folder, run, keys)
    _refuse_first_seed(folder, run, keys)
    held = kept.find(folder, run.trial, run.settings["seeds"][0], keys)
    for key, of in zip(keys, held, strict=True):
        _refuse_others(folder, run, key, of)
    return Column(folder, run, held)


def _refuse_unscored(folder: Path, run: Run, keys: Sequence[Key]) -> None:
    """Raises UserError for a clip that no seed of the first trial has scored."""
    lost = [
        replica_name(fold) for fold in run.metrics["failed_folds"] if fold["trial"] == run.trial
    ]
    why = f" ({shortened(lost)} diverged and scored none)" if lost else ""
    tested = sorted({f"{row.dataset}/{row.subject}/{row.clip}" for row in run.dense})
    for clip in map("/".join, keys):
        if clip not in tested:
            raise UserError(
                f"{folder} has no held-out video {clip!r} among the {len(tested)} it has scored"
                + why
                + (f": did you mean {nearest(clip, tested)!r}?" if tested else "; train it first.")
            )


def _refuse_first_seed(folder: Path, run: Run, keys: Sequence[Key]) -> None:
    """Raises UserError where the seed that is shown has no prediction of a clip to be kept."""
    seed = run.settings["seeds"][0]
    for key in keys:
        folds = {row.fold for row in run.dense if (row.dataset, row.subject, row.clip) == key}
        for fold in run.unscored():
            if fold["seed"] == seed and fold["fold"] in folds:
                diverged = fold in run.metrics["failed_folds"]
                why = "diverged" if diverged else "is not trained yet"
                do = "leave out the clip or this run" if diverged else "run its command again"
                raise UserError(
                    f"{folder} has no prediction of {'/'.join(key)} to show: {replica_name(fold)}, "
                    f"{why}, and the first trial and seed are the ones that are shown; {do}."
                )


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


def _refuse_one_name(columns: Sequence[Column]) -> None:
    names = [column.name for column in columns]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UserError(f"two runs are in folders named {twice[0]!r}; rename one, or name it once.")


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
    generated = not any(column.run.people for column in columns)
    tested = sorted({(row.dataset, row.subject) for row in first.run.dense})
    people = faces.allowed(subjects, tested, generated=generated)
    for dataset, subject, clip in keys:
        if (dataset, subject) not in people and not (generated and not subjects):
            raise UserError(
                f"--clips names {subject}/{clip}, but --subjects does not allow faces of "
                f"{subject!r}; add the name if the licence allows it, or leave the clip out."
            )
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
