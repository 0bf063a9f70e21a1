"""What the picture of displacements and regions shows: the kept predictions of several runs."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data_builders.records.gallery import MARKER, WARNING
from mol_jax.data import key_frames
from mol_jax.data.clips import Dataset
from mol_jax.dense import chosen, displaced_figures, kept, output, videos
from mol_jax.dense.displaced import Displaced
from mol_jax.dense.displaced_figures import Row
from mol_jax.dense.videos import Key
from mol_jax.errors import UserError
from mol_jax.files.whole import write_table, write_text
from mol_jax.reporting import lettering, region_sections
from mol_jax.reporting.displacement_sections import ERROR, RATIO
from mol_jax.reporting.finished_run import Run, read_run
from mol_jax.reporting.region_figure import BOXES, TILES
from mol_jax.scoring import mark
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.measure import SEEN

NUMBERS = ("run", "clip", "mean_flow", "mean_displacement", "error", "error_of_none", "rec_ratio")


def meant(runs: Sequence[Run], folders: Sequence[Path]) -> bool:
    """Tells whether runs are such as have displacements or weights of regions to show.

    Raises UserError where some are and others are not.
    """
    seen = [any(one.task in SEEN for one in run.measures) for run in runs]
    if any(seen) and not all(seen):
        raise UserError(
            f"{folders[seen.index(True)]} has displacements or weights of regions to show and "
            f"{folders[seen.index(False)]} has none; draw them by two commands, into two folders."
        )
    return all(seen)


def draw(
    folders: Sequence[Path],
    clips: Sequence[str],
    out: Path,
    *,
    subjects: Sequence[str] | None = None,
    data_dir: Path | None = None,
) -> list[Path]:
    """Draws some clips of the first trial and seed of some runs; returns the files.

    Arguments and errors: see `panels.draw`.
    """
    output.check_new(out)
    keys = chosen.keys(clips)
    runs = [read_run(folder) for folder in folders]
    names = [folder.resolve().name for folder in folders]
    chosen.refuse_one_name(names)
    held = [_held(folder, run, keys) for folder, run in zip(folders, runs, strict=True)]
    rows = [
        Row("/".join(key), name, of[k], _regions(run), _row(run, key).values.get(RATIO))
        for k, key in enumerate(keys)
        for name, run, of in zip(names, runs, held, strict=True)
    ]
    if subjects is not None:
        chosen.refuse_hidden(keys, subjects, runs)
        pictures = _pictures(runs[0], folders[0], keys, data_dir)
        rows = [dataclasses.replace(row, pictures=pictures[row.name]) for row in rows]
        output.refuse_inside_a_run(out, *folders)
        if any(run.people for run in runs):
            write_text(out / MARKER, WARNING)  # before the pictures
    of_keys = chosen.dense_rows(runs[0], keys)
    note = mark.short({"n_clips": len(keys), **mark.counted(of_keys)})
    files = [out / "displacement.csv", *_draw(out, rows, note)]
    marks = [of for of in mark.cells(of_keys) for _ in runs]
    lines = [[*_numbers(row), *map(str, of)] for row, of in zip(rows, marks, strict=True)]
    write_table(files[0], (*NUMBERS, *mark.header(of_keys)), lines)
    return files


def _draw(out: Path, rows: Sequence[Row], note: str) -> list[Path]:
    """Draws the picture; where names cannot be drawn, names.txt says what stands for them."""
    letters = lettering.letter([*(row.name for row in rows), *(row.run for row in rows)])
    drawn, runs = letters.names[: len(rows)], letters.names[len(rows) :]
    files = [out / "displacement.png"]
    lettered = zip(rows, drawn, runs, strict=True)
    shown = [dataclasses.replace(row, name=name, run=run) for row, name, run in lettered]
    displaced_figures.draw(files[0], shown, note=note)
    for said in lettering.legend(letters.numbered):
        files.append(out / "names.txt")
        write_text(files[-1], said + "\n")
    return files


def _held(folder: Path, run: Run, keys: Sequence[Key]) -> list[Displaced]:
    """Returns what a run kept of the clips. Raises UserError where it is not what it scores."""
    chosen.refuse_unscored(folder, run, keys)
    chosen.refuse_first_seed(folder, run, keys)
    held = kept.find(folder, run.trial, run.settings["seeds"][0], keys, Displaced)
    for key, of in zip(keys, held, strict=True):
        said, scored = _figures(of), _scored(run, _row(run, key))
        if said.shape != scored.shape or not np.allclose(said, scored, 1e-3):
            raise UserError(
                f"{folder} kept another prediction of {'/'.join(key)} than dense.csv has; run its "
                "command again with --mode=eval, which writes both."
            )
    return held


def _figures(of: Displaced) -> np.ndarray:
    """Returns the figures that dense.csv has too: the end-point error, the weights in %."""
    errors = [] if of.error is None else [of.error[0]]
    return np.array([*errors, *([] if of.weights is None else 100 * of.weights)])


def _scored(run: Run, row: DenseRow) -> np.ndarray:
    names = [ERROR, *(one.name for one in region_sections.measures(run))]
    return np.array([value for name in names if (value := row.values.get(name)) is not None])


def _row(run: Run, key: Key) -> DenseRow:
    """Returns the line of dense.csv of a clip and the seed that is shown, which it has."""
    seed = run.settings["seeds"][0]
    rows = (r for r in run.dense if (r.dataset, r.subject, r.clip) == key and r.seed == seed)
    return next(rows)


def _regions(run: Run) -> tuple[str, ...]:
    """Returns the names of the regions in their order: by the columns, or by the config."""
    prefix = region_sections.PREFIX
    named = tuple(one.name.removeprefix(prefix) for one in region_sections.measures(run))
    if named:
        return named
    if run.settings["model"].get("regions") == "grid":
        return tuple(f"tile{number}" for number in range(1, TILES**2 + 1))
    return tuple(BOXES)


def _pictures(
    run: Run, folder: Path, keys: Sequence[Key], data_dir: Path | None
) -> dict[str, np.ndarray]:
    """Returns the onset and the apex of the clips, uint8 [2, S, S], by their names.

    Of a sequence only the onset, [1, S, S]: which of its frames is nearest to the apex it does not
    tell.
    """
    dataset = videos.dataset_of(run, folder, data_dir)
    at = {(name.dataset, name.subject, name.clip): k for k, name in enumerate(dataset.names)}
    return {"/".join(key): _onset_and_apex(dataset, at[key]) for key in keys}


def _onset_and_apex(dataset: Dataset, row: int) -> np.ndarray:
    inputs = dataset.table.inputs
    if "key_frames" in inputs:
        return inputs["key_frames"][row][[key_frames.ONSET, key_frames.APEX]]
    return inputs["tim_frames"][row][:1]


def _numbers(row: Row) -> list[str]:
    """Returns the line of displacement.csv about one row."""
    lengths = {name: np.linalg.norm(of, axis=-1).mean() for name, of in row.motion().items()}
    figures = [lengths.get("flow"), lengths.get("displacement"), *(row.kept.error or (None, None))]
    texts = ["" if value is None else f"{value:.6g}" for value in (*figures, row.ratio)]
    return [row.run, row.name, *texts]
