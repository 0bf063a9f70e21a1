"""Runs what a paper's tables need and prints each beside the paper's figures, with intervals.

    python -m launch.tables --tables=VIII,IX --workdir=runs/tables
    python -m launch.tables --tables=all --workdir=runs/small --size=small
    python -m launch.tables --paper=frl_dgt --tables=1,2,3 --workdir=runs/frl_tables

The paper is MOL's, unless another is named. A row's run lies in a folder of --workdir named after
its config file. Runs that are finished are reused, others go on or start; one that fails is named
and the rest go on. The tables are read from the folders, printed, and written to tables.md,
tables.tex and tables.csv. Fields set here, as --config.train.steps=500, are set for every run.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from absl import flags

from launch import (
    table_data,
    table_fill,
    table_input,
    table_page,
    table_runs,
    table_small,
    table_train,
)
from mol_jax.errors import UserError, leave
from mol_jax.paper.papers import PAPERS
from mol_jax.paper.rows import Table
from mol_jax.terminal.page import tell
from mol_jax.training import backend

EXAMPLE = "python -m launch.tables --tables=VIII,IX --workdir=runs/tables"


@dataclass(frozen=True)
class Asked:
    """A checked command line. small: what --size=small sets, {} without."""

    tables: tuple[Table, ...]
    common: table_input.Common
    small: Mapping[str, Any]


def main(argv: Sequence[str]) -> int:
    """Runs and prints the tables of the command line; returns `table_input.answer`'s exit code."""
    return table_input.answer(argv, __doc__, _flags, lambda: _run(parse(argv)))


def _flags() -> flags.FlagValues:
    known = flags.FlagValues()
    papers = {name: ", ".join(paper.tables) for name, paper in PAPERS.items()}
    text = f"Tables, as VIII,IX, or all: {papers['mol']}"
    text += "".join(f"; with --paper={name}: {papers[name]}" for name in papers if name != "mol")
    flags.DEFINE_enum("paper", "mol", list(PAPERS), "Whose tables.", flag_values=known)
    flags.DEFINE_string("tables", None, f"{text}.", flag_values=known)
    small = "a small network, 20 steps and generated clips, to see that every row works"
    table_input.define(known, what="tables", small=small)
    return known


def parse(argv: Sequence[str]) -> Asked:
    """Returns the checked command line. Raises UserError for a flag that is wrong."""
    known = _flags()
    common = table_input.parse(argv, known, command="launch.tables", example=EXAMPLE)
    paper = str(known["paper"].value)
    small = table_small.fields(paper, common.folder) if common.small else {}
    return Asked(_tables(known["tables"].value, paper), common, small)


def _tables(text: str | None, paper: str) -> tuple[Table, ...]:
    """Returns the tables of a paper that are named, in the order given."""
    known = PAPERS[paper].tables
    if not text or not text.strip():
        raise UserError(f"no --tables=... was given, of {', '.join(known)}, or all.")
    if text.strip().lower() == "all":
        return tuple(known.values())
    names = [_number(name.strip()) for name in text.split(",")]
    for name in names:
        if name not in known:
            raise UserError(
                f"--tables names {name!r}, which is no table here; expected some of "
                f"{', '.join(known)}, or all{_of_another(name)}."
            )
        if names.count(name) > 1:
            raise UserError(f"--tables names {name} {names.count(name)} times; name it once.")
    return tuple(known[name] for name in names)


def _number(name: str) -> str:
    """Returns the number of a table as its paper writes it: VIII for viii."""
    numbers = (number for paper in PAPERS.values() for number in paper.tables)
    return next((number for number in numbers if number.upper() == name.upper()), name.upper())


def _of_another(name: str) -> str:
    """Says whose table it is that the chosen paper does not have, "" where none has it."""
    owners = [paper for paper in PAPERS.values() if name in paper.tables]
    return "".join(f"; {name} is one of --paper={paper.name}" for paper in owners)


def _run(asked: Asked) -> int:
    backend.start("cpu")  # a slip in the environment is said once; each run has a process
    common = asked.common
    configs = table_runs.configs_of(asked.tables)
    runs = table_runs.plan(configs, common.folder, common.fields, small=asked.small)
    for run in runs:
        table_data.datasets(run.call.config)  # a dataset or a view that is not known is said now
    if common.dry_run:
        print(table_page.listing(runs))
        return 0
    table_input.make(common.folder)
    failed: dict[str, str] = {}
    if not common.print_only:
        failed = table_train.train_all(runs, small=common.small, data=common.folder / "data")
    found = table_fill.read_all(runs, asked.tables, failed)
    page = table_page.page(table_fill.fill(asked.tables, found, failed, runs), runs, found)
    try:
        table_page.write(common.folder, page)
    finally:  # a full disk does not keep them from being read
        tell(page.text)
    for name, why in failed.items():
        print(f"error: {name}: {why}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    leave(main(sys.argv))
