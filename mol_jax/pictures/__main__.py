"""Draws what a trained run sees: flow, landmarks, embedding, saliency, occlusion, attention.

    python -m mol_jax.pictures --workdir=runs/synthetic
    python -m mol_jax.pictures --workdir=runs/synthetic --only=flow,embedding

Nothing is trained: every fold's own weights look at its held-out people, of the first trial and its
first seed. Into the workdir it writes figures/*.png and *.svg, pictures.json, .md and .html, and
the report again with these pictures in it. Faces of people are shown only with --faces, those of
--subjects, and outside of any run. See docs/pictures.md.
"""

import argparse
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import checked, typed
from mol_jax.files.whole import write_text
from mol_jax.moved.again import opened as opened_run
from mol_jax.pictures.asked import PICTURES, check_place, read_only, read_subjects, shown_rows
from mol_jax.terminal.page import tell

if TYPE_CHECKING:
    from mol_jax.pictures.drawn import Drawn
    from mol_jax.pictures.opened import Opened


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    folder, only = checked(given.workdir), read_only(given.only)
    subjects = read_subjects(given.subjects, asked=given.faces)
    out = None if given.out is None else typed(given.out, "--out")
    if given.most < 0:
        raise UserError(f"--most is {given.most}; give a number of clips, or 0 for all.")
    from mol_jax.study.recorded_trials import read_finished  # noqa: PLC0415  flags come first

    check_place(read_finished(folder), folder, out, subjects)
    clips = _keys(given.clips)
    run, trials = opened_run(folder, given.data_dir, scored=False)

    from data_builders.records.gallery import MARKER, WARNING  # noqa: PLC0415
    from mol_jax.pictures.opened import Opened, pick_fold  # noqa: PLC0415  with them comes JAX
    from mol_jax.pictures.trained import trained  # noqa: PLC0415
    from mol_jax.study.finished import finished, refuse_no_weights  # noqa: PLC0415
    from mol_jax.terminal.out import console  # noqa: PLC0415

    with finished(trials, run, folder, console=console(stderr=True)) as (study, _):
        refuse_no_weights(study, trials[0])
        networks = list(trained(study, trials[0]))
        if not networks:
            raise UserError(f"every fold of {folder} diverged, so no network is there to look at.")
        pick_fold(networks, given.fold)
        opened = Opened(
            run, trials[0].config, study.dataset, networks,
            shown_rows(run, study.dataset, subjects), out or folder, clips, given.fold, given.most,
        )  # fmt: skip
        if run.people and opened.faces is not None:
            write_text(opened.place / MARKER, WARNING)  # before the pictures
        drawn, missing = _draw(opened, only, asked=given.only != _parser().get_default("only"))
        tell(_write(opened, drawn, missing, folder))
    return 0


def _draw(
    opened: "Opened", only: Sequence[str], *, asked: bool
) -> "tuple[list[Drawn], dict[str, str]]":
    """Draws the pictures one after the other; returns them, and why others are not there.

    asked: whether they were named: one that is not there is then an error.
    """
    from mol_jax.pictures.drawn import NotThereError  # noqa: PLC0415  with it comes JAX
    from mol_jax.terminal.out import console  # noqa: PLC0415
    from mol_jax.terminal.sentence import say  # noqa: PLC0415

    makers = _makers(opened)
    drawn, missing, out = [], {}, console(stderr=True)
    for name in only:
        try:
            if name != "embedding" and not len(opened.tested):
                raise NotThereError("no clip is held out in this run")
            drawn.append(makers[name]())
            say(out, f"{name}: drawn")
        except NotThereError as reason:
            missing[name] = str(reason)
            if asked:
                raise UserError(
                    f"--only asks for {name}, of which this run has nothing to show: {reason}."
                ) from None
    return drawn, missing


def _makers(opened: "Opened") -> "Mapping[str, Callable[[], Drawn]]":
    """Returns what draws each of `PICTURES`."""
    from mol_jax.pictures.dense import pictures as dense_pictures  # noqa: PLC0415  with JAX
    from mol_jax.pictures.drawn import NotThereError  # noqa: PLC0415
    from mol_jax.pictures.embedding.picture import embedding  # noqa: PLC0415
    from mol_jax.pictures.maps.pictures import look, occlusion, saliency  # noqa: PLC0415

    clips = functools.cache(lambda: dense_pictures.clips_of(opened))  # once for both

    def dense(name: str) -> "Drawn":
        if reason := dense_pictures.why_not(opened, name):
            raise NotThereError(reason)
        return getattr(dense_pictures, name)(opened, clips())

    def of_classes(draw: "Callable[[Opened], Drawn]") -> "Drawn":
        if not opened.run.on("mer"):
            raise NotThereError("tasks.mer is off in this run, which has no class to explain")
        return draw(opened)

    made = {
        "embedding": embedding,
        "saliency": saliency,
        "occlusion": occlusion,
        "attention": look,
    }
    return {name: functools.partial(dense, name) for name in dense_pictures.TASKS} | {
        name: functools.partial(of_classes, draw) for name, draw in made.items()
    }


def _write(
    opened: "Opened", drawn: "Sequence[Drawn]", missing: Mapping[str, str], folder: Path
) -> str:
    """Writes the pages; returns what is printed."""
    from mol_jax.pictures import page  # noqa: PLC0415
    from mol_jax.pictures.drawn import keep  # noqa: PLC0415
    from mol_jax.reporting import html_page  # noqa: PLC0415
    from mol_jax.reporting.page import write_report  # noqa: PLC0415

    run, place = opened.run, opened.place
    entries = keep(place, drawn)
    text = page.text(run, entries, missing, len(opened.networks), opened.apart())
    write_text(place / "pictures.md", text)
    shows_people = run.people and opened.faces is not None
    warning = "<!-- people are shown -->" if shows_people else ""
    html = html_page.page(text, place, faces=warning, people=shows_people)
    write_text(place / "pictures.html", html)
    if place == folder and (folder / "report.md").exists():
        write_report(folder)  # with the pictures in it
    parts = [part for part in text.strip().split("\n\n") if not part.startswith("![")]
    return "\n\n".join([*parts, f"written: {place / 'pictures.md'}"])


def _keys(text: str) -> tuple[tuple[str, str, str], ...]:
    """Returns the clips of --clips, () where none is named."""
    if not text:
        return ()
    from mol_jax.dense import chosen  # noqa: PLC0415

    return tuple(chosen.keys([name.strip() for name in text.split(",") if name.strip()]))


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.pictures",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--workdir", required=True, help="folder of a finished run")
    default = ",".join(PICTURES)
    parser.add_argument("--only", default=default, help=f"which pictures [{default}]")
    parser.add_argument(
        "--clips", default="", help="dataset/subject/clip, … of flow and landmarks [one a class]"
    )
    parser.add_argument("--fold", default="", help="whose embedding is drawn [the first]")
    parser.add_argument(
        "--most", type=int, default=0, help="clips of a class that maps are means of [0: all]"
    )
    parser.add_argument("--faces", action="store_true", help="show faces of --subjects")
    parser.add_argument("--subjects", default="", help="names whom the licence allows, a,b,c")
    parser.add_argument("--out", help="a new folder for all of it [the workdir]")
    parser.add_argument("--data_dir", help="where the dataset is built [as when it was trained]")
    return parser


if __name__ == "__main__":
    leave(main())
