"""Which of the papers' figures one prediction per video can give, asked of every line alike.

    python -m mol_jax.paper.attainable

asks it of every pair of UF1 and UAR and of every Acc, of all methods, and writes the answers to
attainable.csv in each paper's folder (seconds; nothing else changes it): of MOL's Tables IV to XIII
and of FRL-DGT's tables, where the pairs of a line, of the composite and of its parts, are asked for
together as well, since one run has all of them (`mol_jax.scoring.feasible.pooled`). Each is a
question that anybody can ask again, as `python -m mol_jax.score --feasible
uf1=81.00,uar=72.34,task=smic/3class`. Trailing zeros that all figures of a method in a table have
are taken as digits that its source did not print: 87.00 beside 86.40 and 81.90 is asked as 87.0.

What the answers do not tell is why. Of one method of MOL's Table VI it is known: the log that
STSTNet's authors publish has another UAR, and the mean precision of its matrix is what is printed
as UAR. The pair of OFF-ApexNet on CASME II misses by one in the last digit; a mean precision does
not explain it, nor do the 147 or 156 clips of other class sets.
"""

import argparse
import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, fields

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.whole import write_text
from mol_jax.paper.answers import BETWEEN, Answer, file_of
from mol_jax.paper.paper import Paper
from mol_jax.paper.papers import PAPERS
from mol_jax.paper.rows import Row, Table
from mol_jax.scoring import clip_sets
from mol_jax.scoring.feasible import answer as feasible_answer
from mol_jax.scoring.feasible import pooled
from mol_jax.scoring.feasible.question import Question, read
from mol_jax.scoring.feasible.search import search

_COMPOSITE = {
    "": "composite/megc2019",
    "casme2": "casme2/3class_megc2019",
    "samm": "samm/3class",
    "smic": "smic/3class",
}
_OF_CLASSES = {"4": "casme2/4class", "5": "casme2/5class"}
_DATASETS = {"CASME II": "casme2", "SAMM": "samm", "SMIC": "smic"}
# Clips that are in use besides those of `tasks`: the 247 of the first paper on CASME II (Yan et
# al. 2014).
_ALSO = {("casme2", 5): (247,)}
_ASKED = (("uf1", "uar"), ("acc",))  # what is asked together


def answers(tables: Iterable[Table]) -> Iterator[Answer]:
    """Yields the answers about all rows of tables, in their order."""
    for table in tables:
        digits = _digits(table)
        for row in table.rows:
            for figures, clips in _questions(row, digits):
                yield answer(table.number, row.name, figures, clips)
        if table.joint:
            yield from _joint(table, digits)


def answer(table: str, row: str, figures: str, clips: str) -> Answer:
    """Asks one question."""
    question = read(f"{figures},{'counts' if '/' in clips else 'n'}={clips}")
    found = feasible_answer.answer(question)
    rounded = _word(found["possible"])
    if rounded != "no":
        return Answer(table, row, figures, clips, rounded)
    near = search(question.counts, question.windows()) if question.counts else None
    return Answer(
        table,
        row,
        figures,
        clips,
        rounded,
        _word(found["cut_off"]),
        _percent(near.below if near else None),
        _percent(near.above if near else None),
        _word(found["mean_of_runs"]),
    )


def _questions(row: Row, digits: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yields what is asked of a row: figures, and on which clips."""
    for names in _ASKED:
        if row.again or not set(names) <= row.figures.keys():
            continue
        places = digits[row.method.name if row.method else ""]
        figures = ",".join(f"{name}={float(row.figures[name]):.{places}f}" for name in names)
        yield from ((figures, clips) for clips in _clips(row, names))


def _joint(table: Table, digits: Mapping[str, int]) -> Iterator[Answer]:
    """Yields the answers about all pairs of a line at once, of lines each of whose pairs can be."""
    lines: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in table.rows:
        for figures, clips in _questions(row, digits):
            lines[row.label][row.part] = f"{figures},counts={clips}"
    for label, asked in lines.items():
        questions = {part: read(text) for part, text in asked.items()}
        if all(feasible_answer.answer(one)["possible"] for one in questions.values()):
            yield together(table.number, label, questions)


def together(table: str, row: str, questions: Mapping[str, Question]) -> Answer:
    """Asks for the pairs of a composite, "", and of its parts at once."""
    parts = [one for part, one in questions.items() if part]
    counts = ["/".join(map(str, one.counts or ())) for one in parts]
    figures = [
        ",".join(f"{name}={figure.text}" for name, figure in one.figures.items())
        for one in (*parts, questions[""])
    ]
    rounded, cut_off = (
        pooled.together(
            [pooled.Pair(one.counts or (), one.windows(cut=cut)) for one in parts],
            questions[""].windows(cut=cut),
        )
        for cut in (False, True)
    )
    said = (_word(rounded), "" if rounded else _word(cut_off))
    return Answer(table, row, BETWEEN.join(figures), BETWEEN.join(counts), *said)


def _digits(table: Table) -> dict[str, int]:
    """Returns the decimals that each method's figures in a table have without trailing zeros."""
    most: defaultdict[str, int] = defaultdict(int)
    for row in table.rows:
        name = row.method.name if row.method else ""
        decimals = [text.partition(".")[2].rstrip("0") for text in row.figures.values()]
        most[name] = max([most[name], *map(len, decimals)])
    return most


def _clips(row: Row, names: Sequence[str]) -> list[str]:
    """Returns the sets of clips that figures may be of; of UF1 and UAR there is one."""
    if "uf1" in names:
        own = _OF_CLASSES.get(row.classes, _COMPOSITE[row.part])
        counts = clip_sets.find(own).counts or {}
        return ["/".join(map(str, counts.values()))]
    tested = row.column.rpartition("→ ")[2]
    dataset, classes = _DATASETS[tested or "CASME II"], int(row.classes or 5)
    known = {
        task.n for task in clip_sets.TASKS if (task.dataset, task.classes) == (dataset, classes)
    }
    return [str(n) for n in sorted(known | set(_ALSO.get((dataset, classes), ())))]


def _word(possible: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[possible]


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{100 * fraction:.2f}"


def text(found: Iterable[Answer]) -> str:
    """Returns attainable.csv."""
    buffer = io.StringIO()
    lines = [[one.name for one in fields(Answer)], *map(astuple, found)]
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def _write(paper: Paper) -> str:
    """Asks everything about a paper again, writes the answers, and says how many there are."""
    found, file = list(answers(paper.tables.values())), file_of(paper.name)
    try:
        write_text(file, text(found))
    except UserError as error:
        raise UserError(
            f"{file} could not be written: it lies beside the code, so run this in a checkout that "
            "you may write to, on a disk with room."
        ) from error
    never = sum(one.rounded == "no" for one in found)
    return f"{paper.system}: {len(found)} questions, {never} with the answer no: {file}"


def main(argv: Sequence[str] | None = None) -> int:
    """Asks everything again and writes the answers; 2 after one sentence about bad input."""

    def run() -> int:
        parser = Parser(prog="python -m mol_jax.paper.attainable", description=__doc__)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.parse_args(argv)
        for paper in PAPERS.values():
            print(_write(paper))
        return 0

    return exit_code(run, stopped="Stopped.")


if __name__ == "__main__":
    leave(main())
