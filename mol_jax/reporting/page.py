"""report.md: what a run did and how far its score can be believed, on one page.

Everything comes from the files of the workdir, so that a report can be written again, by anyone,
from what is published. The same files give the same report, byte for byte.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group

from mol_jax.files.whole import write_text
from mol_jax.reporting import (
    choice_sections,
    dense_sections,
    displacement_sections,
    html_page,
    paper_sections,
    picture_sections,
    prediction_sections,
    protocol_sections,
    region_sections,
    repeat_sections,
    sections,
    trial_sections,
    unit_sections,
    weight_sections,
)
from mol_jax.reporting.finished_run import Run, read_run
from mol_jax.scoring import clip_level, mark
from mol_jax.scoring.best_trial import words
from mol_jax.scoring.score_tables import score_table
from mol_jax.scoring.svm import words as floor_words
from mol_jax.scoring.svm.reached import NAME
from mol_jax.scoring.trial_tables import trial_table
from mol_jax.terminal.drawn import Drawn
from mol_jax.terminal.sentence import Sentence
from mol_jax.text.words import shortened


def write_report(workdir: str | Path) -> Path:
    """Writes report.md, figures/*.png and report.html from the files of a workdir.

    Returns the path of report.md.

    Raises UserError where a file is missing or damaged.
    """
    folder = Path(workdir)
    entries = picture_sections.read_entries(folder)
    text = compose(read_run(folder), folder / "figures", pictures=entries)
    write_text(folder / "report.md", text)
    html_page.write_page(folder)
    return folder / "report.md"


def compose(run: Run, figures: Path, *, pictures: Sequence[Mapping[str, Any]] = ()) -> str:
    """Returns the text of report.md, and writes its pictures to the folder `figures`.

    pictures: of `picture_sections.read_entries`, whose files are in that folder already.
    """
    of_one_trial = (
        paper_sections.paper(run),
        prediction_sections.classes(run, figures),
        prediction_sections.people(run, figures),
        prediction_sections.wrong(run),
        dense_sections.flow(run),
        dense_sections.landmarks(run),
        displacement_sections.displacement(run),
        region_sections.regions(run, figures),
        unit_sections.units(run),
        dense_sections.others(run),
        sections.curves(run, figures),
        picture_sections.pictures(pictures),
    )
    parts = (
        sections.title(run),
        sections.headline(run),
        trial_sections.trials(run, figures),
        choice_sections.selected(run),
        choice_sections.oracle(run),
        clip_level.section(run.metrics),
        sections.card(run),
        weight_sections.weights(run),
        protocol_sections.leakage(run),
        *(trial_sections.marked(run, part) for part in of_one_trial),
        trial_sections.seeds(run),
        repeat_sections.runtime(run),
        repeat_sections.again(run),
    )
    return "\n\n".join(paragraph for part in parts for paragraph in part) + "\n"


def console_table(metrics: Mapping[str, Any], *, values: Mapping[int, str] | None = None) -> Group:
    """Returns what the main program prints at the end, from the content of metrics.json.

    Print it with crop=False: it fits a terminal of any width by itself.

    The scores stand beside the baselines, flow beside zero flow, landmarks beside the mean face.
    Of several trials there is one line each; values: what sets each of them apart, by its number.
    """
    several = len(metrics["per_trial"]) > 1
    name = f"trial {metrics['per_trial'][0]['trial']}" if several else "this run"
    title = mark.short(metrics)
    parts: list[Any] = [*_marks(metrics)]
    if metrics["pooled"]:
        parts.append(_table(*_scores(name, metrics), title=title))
        parts += [said.replace("**", "") for said in floor_words.sentences(metrics, this=name)]
    errors = [
        row
        for row in (dense_sections.flow_row(metrics), dense_sections.landmark_row(metrics))
        if row
    ]
    if errors:
        parts.append(_table(["", name, "zero flow / mean face"], errors, title=title))
    if several:
        lines = _narrow(*trial_table(metrics, values=values, keys=("uf1",)))
        parts.append(_table(*lines, title=title))
        parts += words(metrics)[:1]
    parts += [*choice_sections.console_lines(metrics), *_unscored(metrics)]
    return Group(*(Sentence(part) if isinstance(part, str) else part for part in parts))


def _scores(name: str, metrics: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """Returns the scores in 80 columns: the SVM's interval is in the sentence below them."""
    header, rows = score_table(name, metrics)
    at = header.index(NAME)
    return _narrow(header, [[*r[:at], r[at].partition(" [")[0], *r[at + 1 :]] for r in rows])


def _marks(metrics: Mapping[str, Any]) -> list[str]:
    """Says what no score of this run may be shown without."""
    return [note.replace("**", "") for note in protocol_sections.notes(metrics)]


def _unscored(metrics: Mapping[str, Any]) -> list[str]:
    """Names what has no prediction."""
    failed, missing = (
        [trial_sections.replica_name(fold) for fold in metrics[key]]
        for key in ("failed_folds", "missing_folds")
    )
    lines = [f"diverged and not scored: {shortened(failed)}"] if failed else []
    if missing:
        lines.append(
            f"INCOMPLETE, these are not the figures of the protocol: {len(missing)} not trained "
            f"yet: {shortened(missing)}"
        )
    return lines


def _narrow(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[Any]]:
    """Breaks titles, marks and intervals into lines: a terminal has few columns."""
    breaks = (" EPE", " NME", " [", " (", " test", " + SVM", " guesses", " interval")
    return _broken(header, breaks), [_broken(row, breaks) for row in rows]


def _broken(cells: Sequence[str], breaks: Sequence[str]) -> list[str]:
    """Starts a new line at each of `breaks`, and between a trial's values."""

    def broken(text: str) -> str:
        for at in (" ",) if "=" in text else breaks:
            text = text.replace(at, "\n" + at.strip())
        return text

    return [broken(text) for text in cells]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], *, title: str) -> Drawn:
    """Returns a table for a terminal: names and values to the left, figures to the right."""
    texts = (0, *(k for k, name in enumerate(header) if name == "values"))
    return Drawn(header, rows, texts, title)
