"""Writes a run's report again, from its files: `python -m mol_jax.report RUN`."""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import typed
from mol_jax.files.whole import write_text
from mol_jax.reporting import html_page, picture_sections
from mol_jax.reporting.finished_run import Run, read_run
from mol_jax.reporting.page import compose, write_report


def main(argv: Sequence[str] | None = None) -> int:
    """The command line: writes the report of a workdir again. Returns the exit code."""
    return exit_code(lambda: _run(argv), stopped="stopped; the page is not written")


def _run(argv: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m mol_jax.report",
        description="Writes a run's report again, from its files: report.md and one page of HTML.",
    )
    parser.add_argument("workdir", help="folder of a finished run")
    parser.add_argument("--out", help="the page; then nothing else [WORKDIR/report.html]")
    parser.add_argument("--faces", action="store_true", help="show faces of --subjects")
    parser.add_argument("--subjects", default="", help="names whom the licence allows, a,b,c")
    parser.add_argument("--data_dir", help="where the dataset is built [as when it was trained]")
    given = parser.parse_args(argv)
    folder = Path(os.path.expanduser(given.workdir))
    subjects = [name.strip() for name in given.subjects.split(",") if name.strip()]
    if subjects and not given.faces:
        raise UserError("--subjects says whose faces may be shown: give --faces too, or neither.")
    out = None if given.out is None else typed(given.out, "--out")
    run, shown = read_run(folder), ""
    if given.faces:
        from mol_jax.reporting import faces  # noqa: PLC0415 - it needs TFDS, which takes seconds

        place = None if given.data_dir is None else typed(given.data_dir, "--data_dir")
        shown = faces.section(run, subjects, place)
    how: dict[str, Any] = {"faces": shown, "people": run.people}
    if out is not None:
        print(_write_elsewhere(run, folder, out, how))
    else:
        write_report(folder)
        print(html_page.write_page(folder, **how))
    return 0


def _write_elsewhere(run: Run, folder: Path, out: Path, how: Mapping[str, Any]) -> Path:
    """Writes the page to `out` and nothing to the workdir, which may be somebody else's."""
    if out.is_dir():
        raise UserError(f"--out is {out}, a folder: name the page in it, as {out / 'report.html'}.")
    if out.exists() and out.suffix.lower() not in (".html", ".htm"):
        raise UserError(f"--out is {out}, which is there already and no page: name another file.")
    with tempfile.TemporaryDirectory() as made:
        figures, entries = Path(made) / "figures", picture_sections.read_entries(folder)
        figures.mkdir()
        for file in (file for entry in entries for file in entry["files"].values()):
            if (folder / "figures" / file).is_file():
                shutil.copy(folder / "figures" / file, figures)
        text = compose(run, figures, pictures=entries)
        write_text(out, html_page.page(text, Path(made), **how))
    return out


if __name__ == "__main__":
    leave(main())
