"""The page of tables: tables.md, .tex and .csv of a folder of runs, and the list of a dry run."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launch import table_text
from launch.table_results import Result
from launch.table_runs import TableRun
from launch.table_text import Filled
from mol_jax import settings
from mol_jax.files.whole import write_text
from mol_jax.paper import answers
from mol_jax.paper.paper import Paper
from mol_jax.paper.papers import PAPERS
from mol_jax.paper.rows import Table
from mol_jax.scoring.svm.words import NOTE as FLOOR
from mol_jax.settings.fields import NO_RESULT
from mol_jax.text import tables
from mol_jax.text.latex import page as latex
from mol_jax.text.words import shortened

GENERATED = (
    "> **Generated clips, not people**, and a small network that was hardly trained: this shows "
    "that every row runs, is scored and is printed. After so few steps rows may agree to the last "
    "digit. The figures say nothing about the rows, nor about any dataset, and the paper's are "
    "left out."
)
OURS = (
    "Ours: one prediction per video {}, all folds pooled before a score is taken, means over "
    "seeds. In brackets the 95 % bootstrap interval over subjects."
)
NO_PRETRAINING = "No pre-training."
# Which step a prediction is of, by selection.name.
STEP = {
    "fixed": "after the steps named",
    "inner": (
        "at the step, of those named at the latest, with the best UF1 on some of each fold's "
        "training people, who were held in to choose by and not trained on"
    ),
}


EACH = "The command that makes each by itself is printed by `--dry_run`."


@dataclass(frozen=True)
class Page:
    """What is printed and written."""

    text: str
    csv: str


def listing(runs: Sequence[TableRun]) -> str:
    """Returns each run's state and the command that trains it."""
    wide = max(len(run.state) for run in runs)
    lines = [f"{run.state:{wide}}  {run.call.text}" for run in runs]
    return "\n".join([f"{len(runs)} runs; each can be trained by itself:", *lines])


def page(
    filled: Sequence[Filled], runs: Sequence[TableRun], found: Mapping[tuple[str, str], Result]
) -> Page:
    """Returns the tables with a title, what the figures are, and the runs they come from."""
    generated = any(one.generated for one in filled)
    title = "The rows of the paper's tables" if generated else "The paper's tables and ours"
    parts = [f"# {'GENERATED CLIPS: ' if generated else ''}{title}"]
    parts += [GENERATED] if generated else []
    parts += [table_text.markdown(one) for one in filled]
    of, shown = PAPERS[filled[0].table.paper], [one.table for one in filled]
    paper = [] if generated else _paper(of, shown)
    apart = [] if generated else unlike({name: one for (name, _), one in found.items()}, of)
    notes = [ours(runs), FLOOR, *paper, *_set_for_all(runs), *apart]
    parts += ["## What the figures are", "\n".join(f"- {note}" for note in notes)]
    parts += ["## Runs", _runs(runs, found), EACH]
    rows = [row for one in filled for row in table_text.csv_rows(one)]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([table_text.CSV_HEADER, *rows])
    return Page("\n\n".join(parts), buffer.getvalue())


def _paper(paper: Paper, shown: Sequence[Table]) -> list[str]:
    """Says what the paper's figures are, of the tables that are shown."""
    kinds = paper.kinds if any(table.compares for table in shown) else ""
    asked = paper.asked if any(answers.notes(table) for table in shown) else ""
    return [text for text in (paper.said, kinds, asked) if text]


def ours(runs: Sequence[TableRun]) -> str:
    """Says what our figures are, by what the runs' configs start from and the step they test."""
    configs = [run.call.config for run in runs]
    rules = dict.fromkeys(config.selection.name for config in configs)
    given = dict.fromkeys(config.init.weights for config in configs if config.init.weights)
    starts = f"Pre-trained: {', '.join(map(tables.escaped, given))}" if given else ""
    if given and not all(config.init.weights for config in configs):
        starts += " in some rows, whose commands name it; the others are not"
    starts = f"{starts}." if given else NO_PRETRAINING
    return f"{OURS.format(' or '.join(STEP[rule] for rule in rules))} {starts}"


def _set_for_all(runs: Sequence[TableRun]) -> list[str]:
    """Says which fields differ from the configs' own in every run."""
    call = runs[0].call
    flat, names = settings.flatten(call.config), dict.fromkeys(call.overrides)
    silent = {name for name, field in settings.FIELDS.items() if field.paper is NO_RESULT}
    silent |= {"seeds"}  # they have a column
    said = {name: flat[name] for name in names if name not in silent}
    return [f"Set for every run: {tables.assignments(said)}."] if said else []


def unlike(results: Mapping[str, Result], paper: Paper) -> list[str]:
    """Names what is not the paper's in our runs, by their names: in all of them, then in some."""
    where: dict[str, list[str]] = {}
    for name, result in results.items():
        for text in paper.unlike(result.settings).values():
            where.setdefault(text, []).append(name)
    groups: dict[str, list[str]] = {}
    for text, names in sorted(where.items(), key=lambda item: -len(item[1])):
        every = len(names) == len(results)
        of = "every run of ours" if every else shortened(names, between=", ")
        groups.setdefault(of, []).append(text)
    return [f"**Not the paper's, in {of}: {'; '.join(texts)}.**" for of, texts in groups.items()]


def _runs(runs: Sequence[TableRun], found: Mapping[tuple[str, str], Result]) -> str:
    """Returns the table of the runs: where each lies, its config and how long it took."""
    seconds = {run.name: found[run.name, ""].seconds for run in runs if (run.name, "") in found}
    rows = [[run.name, _config(run), duration(seconds.get(run.name))] for run in runs]
    known = [value for value in seconds.values() if value is not None]
    rows.append(["all", f"{len(known)} of {len(runs)} runs", duration(sum(known))])
    return tables.markdown(["folder", "config", "time"], rows, left=2)


def _config(run: TableRun) -> str:
    return "/".join(run.call.path.parts[run.call.path.parts.index("configs") :])


def duration(seconds: float | None) -> str:
    """Writes a time as people say it: 3 h 05 min, 4 min 10 s, 12 s."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {whole % 60:02d} s" if minutes else f"{whole} s"


def write(folder: Path, made: Page) -> None:
    """Writes tables.md, tables.tex and tables.csv."""
    write_text(folder / "tables.md", made.text + "\n")
    write_text(folder / "tables.tex", latex.latex(made.text))
    write_text(folder / "tables.csv", made.csv)
