"""What finished runs predict beside the class, in pictures; others' flow beside our own.

    python -m mol_jax.dense figures RUN [RUN …] --clips=casme2/sub01/EP02_01f --out=DIR
    python -m mol_jax.dense export RUN --out=DIR
    python -m mol_jax.dense score RUN --flow=DIR --landmarks=FILE.csv

The first trial of a run is meant, as in its report, and `figures` shows its first seed. --out is a
new or an empty folder: nothing is written over. See docs/dense.md.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from mol_jax.dense import output
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import typed
from mol_jax.files.whole import write_text
from mol_jax.terminal.page import tell
from mol_jax.training import backend


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, or 2 for bad input."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    for name in ("out", "data_dir"):
        text = getattr(given, name)
        setattr(given, name, None if text is None else typed(text, f"--{name}"))
    backend.start("cpu")  # little to compute, and an accelerator may be at work
    return given.command(given)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.dense",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="figures|export|score")
    figures = commands.add_parser(
        "figures",
        help="draws what several runs predict of some clips",
        description="Draws MOL's Figures 5 and 6, or FRL-DGT's displacement and regions: of each "
        "run its first trial and first seed only.",
    )
    figures.set_defaults(command=_figures)
    figures.add_argument("run", type=_path, nargs="+", help="folder of a finished run")
    figures.add_argument("--clips", required=True, help="dataset/subject/clip, … of predict.keep")
    figures.add_argument("--pair", type=int, help="from 1 [the one of the largest true motion]")
    figures.add_argument("--faces", action="store_true", help="show faces of --subjects")
    figures.add_argument("--subjects", default="", help="names whom the licence allows, a,b,c")
    export = commands.add_parser(
        "export",
        help="writes a run's held-out pairs as pictures",
        description="Writes a run's held-out pairs as pictures, with everybody's face.",
    )
    export.set_defaults(command=_export)
    score = commands.add_parser("score", help="scores others' flow and landmarks on these pairs")
    score.set_defaults(command=_score)
    score.add_argument("--flow", type=_path, help="folder with a .flo or .npy file for each pair")
    score.add_argument("--landmarks", type=_path, help="CSV: dataset,subject,clip,frame,point,x,y")
    score.add_argument("--name", default="theirs", help="what the table calls them [theirs]")
    for command in (export, score):
        command.add_argument("run", type=_path, help="folder of a finished run")
    for command in (figures, export, score):
        needed = command is not score
        what = (
            "new folder of the files" if needed else "new folder of score.md and score.csv [none]"
        )
        command.add_argument("--out", required=needed, help=what)
        command.add_argument("--data_dir", help="where the data is built [as trained]")
    return parser


def _path(text: str) -> Path:
    return Path(os.path.expanduser(text))  # Path's own raises over an unknown ~name


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _figures(given: argparse.Namespace) -> int:
    # Bad flags are answered before JAX is there.
    from mol_jax.dense import displaced_panels, panels  # noqa: PLC0415
    from mol_jax.reporting.finished_run import read_run  # noqa: PLC0415

    subjects = _names(given.subjects)
    if subjects and not given.faces:
        raise UserError("--subjects says whose faces may be shown: give --faces too, or neither.")
    clips, faces = _names(given.clips), subjects if given.faces else None
    place = {"subjects": faces, "data_dir": given.data_dir}
    if displaced_panels.meant([read_run(folder) for folder in given.run], given.run):
        if given.pair is not None:
            raise UserError(f"--pair is {given.pair}, but of these runs onset and apex are shown.")
        files = displaced_panels.draw(given.run, clips, given.out, **place)
    else:
        files = panels.draw(given.run, clips, given.out, pair=given.pair, **place)
    print(*files, sep="\n")
    return 0


def _export(given: argparse.Namespace) -> int:
    from mol_jax.dense import export, videos  # noqa: PLC0415 - as above
    from mol_jax.reporting.finished_run import read_run  # noqa: PLC0415 - as above
    from mol_jax.scoring import mark  # noqa: PLC0415 - as above

    export.check_place(given.out, given.run)
    run = read_run(given.run)
    shown = videos.of_run(run, given.run, given.data_dir)
    flow = run.settings["data"]["flow"]
    count, index = export.write(given.out, given.run, shown, generated=not run.people, flow=flow)
    if said := mark.sentence({"n_clips": len(shown), **mark.counted(v.name for v in shown)}):
        print(said)
    if run.people:
        print("These pictures show people: keep them on this disk, as the dataset's licence says.")
    print(f"{count} pairs of {len(shown)} videos: {index}")
    return 0


def _score(given: argparse.Namespace) -> int:
    if given.flow is None and given.landmarks is None:
        raise UserError("there is nothing to score: give --flow=DIR, --landmarks=FILE.csv or both.")
    if not given.name.strip():
        raise UserError("--name is empty; give what the table calls them, such as --name=RAFT.")
    if given.out is not None:
        output.check_new(given.out)
    from mol_jax.dense import scoring  # noqa: PLC0415 - as above

    page, rows = scoring.page(
        given.run,
        flow=given.flow,
        landmarks=given.landmarks,
        name=given.name.strip(),
        data_dir=given.data_dir,
    )
    tell(page)
    if given.out is not None:
        from mol_jax.scoring.dense_csv import write_dense  # noqa: PLC0415 - as above

        write_text(given.out / "score.md", page + "\n")
        write_dense(given.out / "score.csv", tuple(rows[0].values), rows)
    return 0


if __name__ == "__main__":
    leave(main())
