"""Builds a dataset: `python -m data_builders.build casme2 --source=DIR`."""

import dataclasses
import importlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from data_builders.datasets import BUILDERS
from data_builders.disk.processes import default_workers
from data_builders.disk.progress import progress
from data_builders.disk.publishing import explained, mend, publish
from data_builders.disk.workspace import workspace
from data_builders.pixels import faces
from data_builders.records import gallery, options, origin, staging
from data_builders.records.load import built_path, open_dataset
from data_builders.records.options import FOLDER
from data_builders.records.origin import Origin
from data_builders.records.record import RecordSettings
from data_builders.records.summary import summary
from mol_jax.errors import Parser, exit_code, leave
from mol_jax.files.place import typed


@dataclasses.dataclass(frozen=True)
class Built:
    """A built dataset: where it lies, its metadata, and how long the build took.

    `seconds` is None where it was built before and this call did nothing.
    """

    path: Path
    metadata: dict[str, Any]
    seconds: float | None


def build(
    name: str,
    source: str | Path,
    *,
    data_dir: str | Path = "data/tfds",
    frames: int = 8,
    size: int = 144,
    alignment: str = "clip",
    flow: str = "tvl1",
    sampling: str = "even",
    phases: int = 0,
    magnify: int = 0,
    workers: int | None = None,
    max_missed: float = 0.05,
    predictor: str | Path | None = None,
    labels: str | Path | None = None,
    overwrite: bool = False,
    make_detector: Callable[[], faces.Detector] | None = None,
) -> Built:
    """Builds one dataset from its raw folder, or finds it built.

    The dataset appears in `data_dir` when it is complete and not before; a build that fails, is
    stopped or killed leaves an earlier one untouched, and its finished clips for the next try. The
    landmarks of every frame are kept beside the datasets, for builds with other settings.

    Args:
      name: one of `data_builders.datasets.BUILDERS`.
      source: raw dataset folder.
      data_dir: where built datasets lie; this one in NAME/t<frames>_s<size>_<alignment>/<version>.
      frames: t, frames the network sees: 2, 4, 8, 10 or 16.
      size: S, side of the aligned image in px, a multiple of 72.
      alignment: 'clip', 'per_frame' or 'smoothed'.
      flow: 'tvl1' or 'dis'; part of the dataset's folder where it is not 'tvl1'.
      sampling: 'even', t frames as they are; 'tim', t frames interpolated in time.
      phases: how many shifted samples of t frames each clip gets beside the even one.
      magnify: alpha of Eulerian magnification, 1 to 100; 0: motions stay as they are.
      workers: processes, None for one per core.
      max_missed: largest accepted fraction of frames without a face, 0 to 1.
      predictor: dlib shape predictor file with 68 points, None for the packaged one.
      labels: for folder, the table of labels; None for labels.csv in `source`.
      overwrite: build again although it is built.
      make_detector: makes a face detector to use instead of dlib's.

    Raises:
      UserError: for bad input, see the message.
    """
    settings = RecordSettings(frames, size, alignment, flow, sampling, phases, magnify)
    data_dir, source = typed(str(data_dir), "--data_dir"), _path(source)
    predictor = None if predictor is None else _path(predictor)
    options.check(
        name,
        BUILDERS,
        source=source,
        labels=labels,
        workers=workers,
        max_missed=max_missed,
        predictor=predictor,
    )
    options.refuse_empty(source)
    options.refuse_file(data_dir)
    table = _find_labels(source, labels) if name == FOLDER else None
    with explained(data_dir):
        mend(data_dir / name / settings.config_name)
    done = built_path(name, data_dir, settings.config_name)
    kept = done if done and not overwrite else None
    metadata = open_dataset(name, data_dir, settings.config_name)[1] if kept else {}
    if origin.built_configs(data_dir, name):
        model = None if make_detector else origin.predictor_of(predictor)
        from data_builders.annotate import annotate  # noqa: PLC0415 - imported late, as below

        asked = Origin.of_source(annotate(name, source, table), source, predictor=model)
        origin.refuse_another(kept, asked)
        origin.refuse_mixed(data_dir, name, settings.config_name, asked)
    if kept:
        staging.clear(data_dir / name, settings)  # a kill may have left it
        return Built(kept, metadata, None)
    # Imported late: TFDS takes seconds, and a misspelt option should not.
    from data_builders.records import builder as common  # noqa: PLC0415

    start = time.monotonic()
    with progress() as on_clip, explained(data_dir), workspace(data_dir) as work:
        module = importlib.import_module(BUILDERS[name])
        how = getattr(module, "Options", common.BuildOptions)(
            workers=workers or default_workers(),
            max_missed=max_missed,
            predictor=predictor,
            make_detector=make_detector,
            on_clip=on_clip,
            keep=data_dir / name,
            **({"labels": table} if table else {}),
        )
        built = common.prepare(module.Builder, settings, source, work, how)
        path = built_path(name, data_dir, settings.config_name)
        if overwrite or path is None:  # else another build of the same was faster
            origin.refuse_mixed(data_dir, name, settings.config_name, origin.of_built(built))
            path = publish(built, work, data_dir)
        staging.clear(data_dir / name, settings)
    metadata = open_dataset(name, data_dir, settings.config_name)[1]
    return Built(path, metadata, time.monotonic() - start)


def _path(text: str | Path) -> Path:
    return Path(os.path.expanduser(text))  # Path's own raises over an unknown ~name


def _find_labels(source: Path, labels: str | Path | None) -> Path:
    # Imported late, like the builders themselves.
    from data_builders.folder import annotation  # noqa: PLC0415

    return annotation.find_labels(source, None if labels is None else _path(labels))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; the same command goes on")


def _run(arguments: Sequence[str] | None) -> int:
    given = vars(_parser().parse_args(arguments))
    preview = given.pop("preview")
    built = build(given.pop("dataset"), **given)
    print(summary(built.path, built.metadata))
    if built.seconds is None:
        print("already built, nothing done: --overwrite builds it again")
    else:
        print(f"built in {built.seconds:.0f} s")
    if preview:
        print(f"preview: {_draw_preview(built)}")
    return 0


def _draw_preview(built: Built) -> Path:
    """Draws some clips into DATA_DIR/NAME/preview/CONFIG, and returns that folder."""
    config = built.path.parent.name
    name, data_dir = built.path.parents[1].name, built.path.parents[2]
    folder = data_dir / name / "preview" / config
    records, metadata = open_dataset(name, data_dir, config)
    with explained(data_dir):
        gallery.write_gallery(
            records, folder, generated=metadata["generated"], sampling=metadata["sampling"]
        )
    return folder


def _parser() -> Parser:
    parser = Parser(
        prog="python -m data_builders.build",
        description="Builds a dataset: faces, landmarks and optical flow of every annotated clip.",
    )
    add = parser.add_argument
    add("dataset", help=f"one of {', '.join(BUILDERS)}")
    add("--source", required=True, help="folder of the raw dataset")
    add("--labels", help=f"table of labels, for {FOLDER} (labels.csv in the source)")
    add("--data_dir", default="data/tfds", help="where built datasets lie (%(default)s)")
    options.add_settings(parser)
    add(
        "--preview",
        action="store_true",
        help="draw some clips, faces, landmarks, flow and strain, in sheets (PNG) that lie in "
        "DATA_DIR/DATASET/preview/CONFIG; takes no folder",
    )
    add("--workers", type=int, help="processes (one per core)")
    add(
        "--max_missed",
        type=float,
        default=0.05,
        help="largest accepted fraction of frames without a face (%(default)s)",
    )
    add("--predictor", help="dlib shape predictor with 68 points (the packaged one)")
    add("--overwrite", action="store_true", help="build again although it is built")
    return parser


if __name__ == "__main__":
    leave(main())
