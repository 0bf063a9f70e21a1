"""Tables of a paper as text: its figures, ours with their intervals, and what sets them apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from launch import table_printed
from launch.table_results import Figure, Result
from mol_jax.paper import answers
from mol_jax.paper.papers import PAPERS
from mol_jax.paper.rows import BASELINES, METRICS, Method, Row, Table
from mol_jax.protocol import folds
from mol_jax.scoring import mark
from mol_jax.text import tables
from mol_jax.text.words import shortened

PX = ("epe",)  # the metrics that are no scores
NOT_RUN = "not run"
AS_PRINTED = "As the paper prints it:"
OURS = "Ours, beside the paper's figures of {}:"
# Who chose the step that is tested, by selection.name.
CHOSEN = {"fixed": "", "inner": " at most, chosen by held-in people (selection inner)"}


@dataclass(frozen=True)
class Filled:
    """A table with what was found for its rows; found, why: by their place in the table.

    why: what went wrong with a row, to stand behind its label. generated: whether any of our
    figures on the page, not of this table alone, is of generated clips. more: further notes.
    """

    table: Table
    found: Mapping[int, Result]
    why: Mapping[int, str]
    generated: bool = False
    more: tuple[str, ...] = ()

    def lines(self) -> list[tuple[int, Row]]:
        """Returns the rows with a place: beside generated clips, none that is only quoted."""
        rows = list(enumerate(self.table.rows))
        return [(k, row) for k, row in rows if row.config] if self.generated else rows

    def beside(self) -> list[tuple[int, Row]]:
        """Returns the rows that have columns for ours: of a comparison, only those that are run."""
        return [(k, row) for k, row in self.lines() if row.config or not self.table.compares]


def markdown(filled: Filled) -> str:
    """Returns a table with its title and its notes; a comparison as printed first."""
    lines = filled.beside()
    cells = [_header(filled), *(_cells(filled, k, row) for k, row in lines)]
    if not any(row.on for _, row in lines):
        cells = [[line[0], *line[2:]] for line in cells]
    left = 1 + any(row.on for _, row in lines)
    parts = [f"## {filled.table.heading}"]
    if filled.table.compares and not filled.generated:
        ours = OURS.format(PAPERS[filled.table.paper].system)
        parts += [AS_PRINTED, table_printed.markdown(filled.table), ours]
    body = tables.markdown(cells[0], cells[1:], left=left)
    notes = "\n".join(f"- {note}" for note in _notes(filled))
    return "\n\n".join((*parts, body, notes)).strip()


def _header(filled: Filled) -> list[str]:
    names, ours = [METRICS[metric] for metric in filled.table.metrics], []
    for metric in filled.table.metrics:
        ours.append(f"our {METRICS[metric]} [95 %]")
        ours += [BASELINES[metric]] if metric in BASELINES else []
    paper = [] if filled.generated else [f"published {name}" for name in names]
    return ["", "on", *paper, *ours, "clips", "subjects", "seeds"]


def _cells(filled: Filled, index: int, row: Row) -> list[str]:
    result, ours, fractions = filled.found.get(index), [], filled.table.fractions
    for metric in filled.table.metrics:
        figure = result.figures.get(metric) if result else None
        absent = NOT_RUN if row.config and not result else ""
        star = "*" if result and result.unscored else ""
        text = value(metric, figure, fractions=fractions) + star if figure else absent
        ours.append(text)
        if metric in BASELINES:
            beside = written(metric, figure.baseline, fractions=fractions) if figure else ""
            ours.append(beside)
    printed = [row.figures.get(metric, "") for metric in filled.table.metrics]
    paper = [] if filled.generated else printed
    counts = [str(n) for n in (result.clips, result.subjects, result.seeds)] if result else [""] * 3
    drawn = f" ({mark.WORD})" if result and result.dataset["generated"] else ""
    return [f"{table_printed.named(row)}{drawn}", row.on, *paper, *ours, *counts]


def written(metric: str, number: float | None, *, fractions: bool = False) -> str:
    """Writes a figure with the digits the paper has: 79.23, 0.650, of fractions 0.812."""
    if number is None:
        return "–"
    if metric in PX:
        return f"{number:.3f}"
    return f"{number / 100:.3f}" if fractions else f"{number:.2f}"


def value(metric: str, figure: Figure, *, fractions: bool = False) -> str:
    """Writes a figure with its sd and its interval: 79.23 ± 1.20 [70.1, 86.4]."""
    text = written(metric, figure.value, fractions=fractions)
    if figure.sd is not None:
        text += f" ± {written(metric, figure.sd, fractions=fractions)}"
    if figure.interval and (metric in PX or fractions):
        bounds = [written(metric, bound, fractions=fractions) for bound in figure.interval]
        text += f" [{', '.join(bounds)}]"
    elif figure.interval:
        text += " [" + ", ".join(f"{bound:.1f}" for bound in figure.interval) + "]"
    return text


def _notes(filled: Filled) -> list[str]:
    """Says what our rows are, why some are missing, and what is known of the paper's."""
    notes = list(dict.fromkeys(_what(result) for result in filled.found.values()))
    for index, row in filled.lines():
        result = filled.found.get(index)
        if result and result.leaks:
            notes.append(f"**{row.name}:** {' '.join(result.leaks)}")
        if result and result.unscored:
            names = shortened(list(result.unscored), between=", ")
            notes.append(f"* {row.name}: not the figures of the protocol, no score for {names}.")
        elif index in filled.why:
            notes.append(f"{row.name} {filled.why[index]}")
    notes += filled.more
    if not filled.generated:
        notes += [*answers.notes(filled.table), *filled.table.notes]
    return notes


def _what(result: Result) -> str:
    """Says on what and how a run was made."""
    data, config = result.dataset, result.settings
    views = {part["name"]: part["view"] for part in data.get("parts", ())}
    text = (
        f"Ours: {data['name']} {data['view']}{' (GENERATED)' if data['generated'] else ''}, "
        f"t = {_frames(config)}, {folds.words(config['protocol'], views=views)}, "
        f"{config['train']['steps']} steps a fold"
    )
    rule = config["selection"]["name"]
    return f"{text}{CHOSEN.get(rule, f', selection {rule}')}."


def _frames(config: Mapping[str, Any]) -> int:
    """Returns how many frames of a clip a run reads: FRL-DGT-S has ten, whatever data.frames is."""
    return 10 if config["model"].get("sequence") else config["data"]["frames"]


CSV_HEADER = (
    "table", "row", "reference", "venue", "year", "type", "on", "metric", "paper", "source",
    "value", "low", "high", "sd_over_seeds", "baseline", "clips", "subjects", "seeds", "dataset",
    "view", "frames", "protocol", "steps", "generated", "unscored_folds", "run", "note",
)  # fmt: skip


def csv_rows(filled: Filled) -> list[list[str]]:
    """Returns the lines of tables.csv: one per row that is shown and metric."""
    lines = []
    for index, row in filled.lines():
        result = filled.found.get(index)
        note, about = _csv_note(filled, row, result), _about(row)
        for metric in filled.table.metrics:
            printed = "" if filled.generated else row.figures.get(metric, "")
            source = _source(filled.table, row) if printed else ""
            head = [filled.table.number, row.label, *about, row.on, metric, printed, source]
            scale = 0.01 if filled.table.fractions and metric not in PX else 1.0
            lines.append([*head, *_csv_cells(result, metric, scale), row.config, note])
    return lines


def _about(row: Row) -> list[str]:
    """Returns reference, venue, year and type of a row's method; none of a variant."""
    method = row.method or Method(row.label)
    return [method.reference, method.venue, method.year, method.kind]


def _source(table: Table, row: Row) -> str:
    """Says where a printed figure stands."""
    other, cited = row.method.reported_by if row.method else "", PAPERS[table.paper].citation
    return f"{cited}, from its [{other}]" if other else cited


def _csv_note(filled: Filled, row: Row, result: Result | None) -> str:
    """Returns what must stand beside our figures of a row, and what must beside the quoted ones."""
    ours = [leak.replace("**", "") for leak in result.leaks] if result else []
    quoted = "" if filled.generated else answers.note(filled.table, row)
    return " ".join([*ours, quoted]).strip()


def _csv_cells(result: Result | None, metric: str, scale: float) -> list[str]:
    if result is None:
        return [""] * (len(CSV_HEADER) - 12)
    figure, data, config = result.figures.get(metric), result.dataset, result.settings
    low, high = (figure.interval if figure else None) or (None, None)
    numbers = [figure.value, low, high, figure.sd, figure.baseline] if figure else [None] * 5
    return [
        *("" if number is None else repr(scale * float(number)) for number in numbers),
        *map(str, (result.clips, result.subjects, result.seeds)),
        *map(str, (data["name"], data["view"], _frames(config))),
        *map(str, (config["protocol"]["name"], config["train"]["steps"], int(data["generated"]))),
        str(len(result.unscored)),
    ]
