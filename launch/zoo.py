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

from absl import flags

from launch import table_data, table_input, table_page, table_train, zoo_page, zoo_results, zoo_rows
from mol_jax.errors import UserError, leave
from mol_jax.terminal.page import tell
from mol_jax.text.words import nearest
from mol_jax.training import backend

EXAMPLE = "python -m launch.zoo --networks=ststnet,sssnet --workdir=runs/zoo"
VIEW = "composite/megc2019"  # the one that most of the networks' papers print


@dataclass(frozen=True)
class Asked:
    """A checked command line."""

    networks: tuple[str, ...]
    views: tuple[tuple[str, str], ...]
    seeds: tuple[int, ...]
    common: table_input.Common


def main(argv: Sequence[str]) -> int:
    """Runs and prints the table of the command line; returns `table_input.answer`'s exit code."""
    return table_input.answer(argv, __doc__, _flags, lambda: _run(parse(argv)))


def _flags() -> flags.FlagValues:
    known = flags.FlagValues()
    text = (
        f"Networks, as ststnet,mol, of {', '.join(zoo_rows.known())} [all, each with one budget]."
    )
    flags.DEFINE_string("networks", "all", text, flag_values=known)
    text = "Views, as casme2/5class,composite/megc2019."
    flags.DEFINE_string("views", VIEW, text, flag_values=known)
    flags.DEFINE_string("seeds", "0", "Seeds, as 0,1,2.", flag_values=known)
    small = "few steps and few generated clips, to see that every row works"
    table_input.define(known, what="table", small=small)
    return known


def parse(argv: Sequence[str]) -> Asked:
    """Returns the checked command line. Raises UserError for a flag that is wrong."""
    known = _flags()
    common = table_input.parse(argv, known, command="launch.zoo", example=EXAMPLE)
    return Asked(
        _networks(str(known["networks"].value)),
        tuple(_view(text) for text in _listed("views", str(known["views"].value))),
        tuple(_seed(text) for text in _listed("seeds", str(known["seeds"].value))),
        common,
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
    common = asked.common
    rows = zoo_rows.plan(
        asked.networks,
        asked.views,
        common.folder,
        common.fields,
        seeds=asked.seeds,
        small=common.small,
    )
    runs = [row.run for row in rows if row.run]
    for run in runs:
        table_data.datasets(run.call.config)  # a dataset or a view that is not known is said now
    failed = {row.name: row.broken for row in rows if row.broken}
    if common.small:
        zoo_rows.refuse_undrawn(rows)
    if common.dry_run:
        print(table_page.listing(runs))
        return _failed(failed)
    table_input.make(common.folder)
    if not common.print_only:
        failed |= table_train.train_all(runs, small=common.small, data=common.folder / "data")
    filled = zoo_results.fill(rows, failed)
    page = zoo_page.page(filled, small=common.small, fields=common.fields)
    try:
        zoo_page.write(common.folder, page)
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
