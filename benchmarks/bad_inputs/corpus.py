"""All cases, in the order of the table."""

from collections.abc import Iterator

from benchmarks.bad_inputs import configs, flags, sources, tables, videos, workdirs
from benchmarks.bad_inputs.case import Case


def cases() -> Iterator[Case]:
    """Yields every command line."""
    for cases_of_one_kind in (tables, flags, configs, sources, videos, workdirs):
        yield from cases_of_one_kind.cases()
