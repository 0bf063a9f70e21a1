"""Trains every network on the same clips and folds, and prints them in one table.

    python -m launch.zoo --workdir=runs/all --config.data.dir=data/tfds
    python -m launch.zoo --workdir=runs/zoo --networks=ststnet,sssnet --seeds=0,1,2
    python -m launch.zoo --workdir=runs/zoo --views=casme2/5class,samm/5class \\
        --config.data.dir=data/tfds
    python -m launch.zoo --workdir=runs/small --size=small

A network is a config of configs/networks/, or mol. Its run lies in WORKDIR/DATASET_VIEW/NETWORK, an
ordinary workdir. Runs that are finished are reused, others go on or start; one that fails is named
and the rest go on. All read one folder of clips. The table is read from the runs, printed, and
written to zoo.md, zoo.tex and zoo.csv. Fields set here, as --config.predict.batch_size=4, are set
for every run.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from absl import flags

from launch import table_data, table_input, table_page, table_train, zoo_page, zoo_results, zoo_rows
from mol_jax.errors import UserError, exit_code, leave
from mol_jax.settings.broken import one_line
from mol_jax.terminal.page import tell
from mol_jax.text.words import nearest
from mol_jax.training import backend

EXAMPLE = "python -m launch.zoo --networks=ststnet,sssnet --workdir=runs/zoo"
VIEW = "composite/megc2019"  # the one that most of the networks' papers print


@dataclass(frozen=True)
class Asked:
    """A checked command line. fields: those to set in every run, as flags."""

    networks: tuple[str, ...]
    views: tuple[tuple[str, str], ...]
    seeds: tuple[int, ...]
    folder: Path
    fields: tuple[str, ...]
    small: bool
    dry_run: bool
    print_only: bool


def main(argv: Sequence[str]) -> int:
    """Runs and prints the table of the command line; returns the exit code.

    0: every row was run. 1: the named ones failed, or lack folds. 2: bad input, one sentence on
    stderr. 130: stopped by Ctrl-C. 143: terminated.
    """

    def answer() -> int:
        if not any(argument in ("--help", "-help", "-h") for argument in argv):
            return _run(parse(argv))
        lines = _flags().get_help(include_special_flags=False).splitlines()
        print(__doc__, *(line for line in lines if line.startswith(" ")), sep="\n")
        return 0

    return exit_code(answer, stopped="stopped; run the same command to go on.")


def _flags() -> flags.FlagValues:
    known = flags.FlagValues()
    text = (
        f"Networks, as ststnet,mol, of {', '.join(zoo_rows.known())} [all, each with one budget]."
    )
    flags.DEFINE_string("networks", "all", text, flag_values=known)
    text = "Views, as casme2/5class,composite/megc2019."
    flags.DEFINE_string("views", VIEW, text, flag_values=known)
    flags.DEFINE_string("seeds", "0", "Seeds, as 0,1,2.", flag_values=known)
    flags.DEFINE_string("workdir", None, "Folder of the runs and the table.", flag_values=known)
    text = "small: few steps and few generated clips, to see that every row works."
    flags.DEFINE_enum("size", "full", ["full", "small"], text, flag_values=known)
    text = "Print each run's state and command; change nothing."
    flags.DEFINE_boolean("dry_run", False, text, flag_values=known)
    text = "Print the table of what was run; train nothing."
    flags.DEFINE_boolean("print_only", False, text, flag_values=known)
    return known


def parse(argv: Sequence[str]) -> Asked:
    """Returns the checked command line. Raises UserError for a flag that is wrong."""
    own, fields = table_input.split(argv, EXAMPLE)
    known = _flags()
    try:
        extra = known(own)[1:]
    except flags.Error as error:
        raise UserError(f"{one_line(error)}; see python -m launch.zoo --help.") from error
    if extra:
        raise UserError(f"unexpected argument {extra[0]!r}: options are given as --name=value.")
    folder = table_input.folder(known["workdir"].value, EXAMPLE)
    if known["dry_run"].value and known["print_only"].value:
        raise UserError("--dry_run and --print_only were both given; leave one out.")
    return Asked(
        _networks(str(known["networks"].value)),
        tuple(_view(text) for text in _listed("views", str(known["views"].value))),
        tuple(_seed(text) for text in _listed("seeds", str(known["seeds"].value))),
        folder,
        tuple(fields),
        known["size"].value == "small",
        bool(known["dry_run"].value),
        bool(known["print_only"].value),
    )


def _listed(flag: str, text: str) -> list[str]:
    """Returns the names of a flag, in the order given. Raises UserError for none, or one twice."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if not name:
            raise UserError(f"--{flag} is {text!r}: give names, parted by commas, or leave it out.")
        if names.count(name) > 1:
            raise UserError(f"--{flag} names {name} {names.count(name)} times; name it once.")
    return names


def _networks(text: str) -> tuple[str, ...]:
    if text.strip().lower() == "all":
        return tuple(zoo_rows.usual())
    names, known = _listed("networks", text), zoo_rows.known()
    for name in names:
        if name not in known:
            raise UserError(
                f"--networks names {name!r}, which has no config in configs/networks/; did you "
                f"mean {nearest(name, known)!r}? There are {', '.join(known)}."
            )
    return tuple(names)


def _view(text: str) -> tuple[str, str]:
    dataset, slash, view = text.partition("/")
    if not (dataset and slash and view):
        raise UserError(
            f"--views names {text!r}, expected DATASET/VIEW, such as casme2/5class or {VIEW}."
        )
    return dataset, view


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UserError(f"--seeds names {text!r}, expected whole numbers from 0 on, as 0,1,2.")
    return int(text)


def _run(asked: Asked) -> int:
    backend.start("cpu")  # a slip in the environment is said once; each run has a process
    rows = zoo_rows.plan(
        asked.networks,
        asked.views,
        asked.folder,
        asked.fields,
        seeds=asked.seeds,
        small=asked.small,
    )
    runs = [row.run for row in rows if row.run]
    for run in runs:
        table_data.datasets(run.call.config)  # a dataset or a view that is not known is said now
    failed = {row.name: row.broken for row in rows if row.broken}
    if asked.small:
        zoo_rows.refuse_undrawn(rows)
    if asked.dry_run:
        print(table_page.listing(runs))
        return _failed(failed)
    table_input.make(asked.folder)
    if not asked.print_only:
        failed |= table_train.train_all(runs, small=asked.small, data=asked.folder / "data")
    filled = zoo_results.fill(rows, failed)
    page = zoo_page.page(filled, small=asked.small, fields=asked.fields)
    try:
        zoo_page.write(asked.folder, page)
    finally:  # a full disk does not keep it from being read
        tell(page.text)
    return _failed(failed)


def _failed(failed: Mapping[str, str]) -> int:
    """Says which rows failed and why, by their names; returns the exit code."""
    for name, why in failed.items():
        print(f"error: {name}: {why}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    leave(main(sys.argv))
