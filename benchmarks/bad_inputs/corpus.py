"""All cases, in the order of the table."""

from collections.abc import Iterator

from benchmarks.bad_inputs import flags, sources, tables
from benchmarks.bad_inputs.case import Case


def cases() -> Iterator[Case]:
    """Yields every command line."""
    yield from tables.cases()
    yield from flags.cases()
    yield from sources.cases()
