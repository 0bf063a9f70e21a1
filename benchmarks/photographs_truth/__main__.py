"""Runs on `benchmarks.own_photographs` against what was really done to the pictures.

    python -m benchmarks.photographs_truth --source=photographs --runs runs/nothing runs/fine_tuned

A run is scored against dlib's landmarks and TV-L1's flow, which it was trained on and which are
wrong themselves. Here its held-out clips are predicted again, by each fold's own weights, and:

- EPE against the warp: the flow that moved the photograph, seen through the build's alignment, over
  the crop and over the pixels that move more than 0.5 px of the 280×340 image.
- NME against the warp: dlib's landmarks of the clip's first frame, moved by that warp. They do not
  follow dlib's jitter from frame to frame, but where dlib is wrong of the first frame, so are they.

Below the runs: the targets themselves, and no motion, which has the first frame's landmarks. All
motion is made again from the seed in the marker of --source, and what it draws must be the frames
that lie there. A run's folder is read and left as it is. Intervals are over people; two people of
one photograph have more in common than two people have.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from absl import logging

from benchmarks import own_photographs
from benchmarks.photographs_truth.errors import Rows, checked, references, scored, table
from benchmarks.photographs_truth.motion import Exact, Photographs
from data_builders.pixels.faces import DlibDetector, packaged_predictor
from mol_jax.data.clips import Dataset
from mol_jax.dense import kept, videos
from mol_jax.dense.kept import Kept
from mol_jax.dense.videos import Video
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.study.finished import finished, refuse_no_weights
from mol_jax.study.recorded_trials import read_finished, recorded_trials
from mol_jax.study.train_waves import predict_group
from mol_jax.terminal.out import console
from mol_jax.training import backend


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was written.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m benchmarks.photographs_truth", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--source", type=Path, required=True, help="what own_photographs wrote")
    parser.add_argument(
        "--runs", type=Path, nargs="+", required=True, help="finished, on its clips"
    )
    parser.add_argument("--data_dir", type=Path, help="where the data is built [as trained]")
    parser.add_argument("--only", choices=own_photographs.PHOTOGRAPHS, help="as it was made with")
    given = parser.parse_args(arguments)
    source = Photographs(
        given.source, own_photographs.photographs(given.only), DlibDetector(packaged_predictor())
    )
    runs = {str(folder): read_finished(folder) for folder in given.runs}
    first = runs[str(given.runs[0])]
    for folder, run in runs.items():
        _refuse_unlike(folder, run, first)
    logging.set_verbosity(logging.FATAL)  # Orbax logs every checkpoint
    backend.start("cpu")
    dataset = videos.dataset_of(first, given.runs[0], given.data_dir)
    shown = _videos(dataset, first)
    exact = _exact(source, dataset, shown)
    rows = {folder: _rows(run, Path(folder), exact, given.data_dir) for folder, run in runs.items()}
    targets, still = references(first.dense, shown, exact)
    rows |= {"dlib and TV-L1, the targets": targets, "no motion": still}
    print(f"{table(rows)}\n\n{checked(shown, exact)}")
    return 0


def _rows(run: Run, folder: Path, exact: dict[str, Exact], data_dir: Path | None) -> Rows:
    found = zip(run.dense, _predicted(folder, run, data_dir), strict=True)
    return [scored(row, exact[row.clip], of.flow, of.landmarks) for row, of in found]


def _refuse_unlike(folder: str, run: Run, first: Run) -> None:
    """Raises UserError where a run has nothing to score, or was tested on other clips."""
    data = run.settings["data"]
    if not run.dense or not run.has("epe", "nme") or data["magnify"]:
        raise UserError(
            f"{folder} has no flow and landmarks of motion as it is: take a run of model.network="
            "mol with both tasks and data.magnify=0"
        )
    tested, others = ({(row.seed, row.clip) for row in one.dense} for one in (run, first))
    if tested != others or data["crop"] != first.settings["data"]["crop"]:
        raise UserError(
            f"{folder} and the first of --runs have other clips, seeds or crops: compare runs that "
            "differ in where they start from alone"
        )


def _videos(dataset: Dataset, run: Run) -> dict[str, Video]:
    """Returns the tested videos by their clip."""
    tested, crop = {row.clip for row in run.dense}, run.settings["data"]["crop"]
    every = [videos.video(dataset, row, crop) for row in range(len(dataset.names))]
    return {video.name.clip: video for video in every if video.name.clip in tested}


def _exact(source: Photographs, dataset: Dataset, shown: dict[str, Video]) -> dict[str, Exact]:
    """Returns what is known of each video."""
    points = dataset.table.landmarks[:: dataset.table.samples]
    of_clip = {name.clip: of for name, of in zip(dataset.names, points, strict=True)}
    return {
        clip: source.exact(
            clip, video.numbers, of_clip[clip], crop=video.flow.shape[1], corner=video.corner
        )
        for clip, video in shown.items()
    }


def _predicted(folder: Path, run: Run, data_dir: Path | None) -> list[Kept]:
    """Returns what the weights of a finished run predict of the video of each row of dense.csv.

    Nothing is written in its folder: a copy is predicted with.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "run")
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("tensorboard", "figures"))
        trials = recorded_trials(run, copy, data_dir=None if data_dir is None else str(data_dir))
        for trial in trials:
            with trial.config.unlocked():
                trial.config.predict.keep = tuple({"/".join(_key(row)) for row in run.dense})
        with finished(trials[:1], run, copy, console=console(stderr=True)) as (study, _):
            refuse_no_weights(study, trials[0])
            predict_group(study, trials[:1], lambda what, made: None)
        paths = [kept.path_of(copy, row.trial, row.seed, _key(row)) for row in run.dense]
        return [kept.read(path) for path in paths]


def _key(row: DenseRow) -> videos.Key:
    return row.dataset, row.subject, row.clip


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
