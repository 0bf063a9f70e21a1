"""Counts what the commands say of bad inputs.

    python -m benchmarks.bad_inputs
    python -m benchmarks.bad_inputs --only=mol_jax.score
    python -m benchmarks.bad_inputs --matching='kind of damage'

Most lines run in this process, through each command's own main; slips in the environment in one of
their own. Exits with 1 where a line ends in a traceback or is wrong; these are listed.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from benchmarks.bad_inputs import corpus
from benchmarks.bad_inputs.case import RIGHT, SENTENCE, TRACEBACK, WRONG, Case, judged
from benchmarks.bad_inputs.running import run

ENDS = (SENTENCE, RIGHT, TRACEBACK, WRONG)


def main() -> int:
    """Runs the cases and prints the table; returns the exit code."""
    given = _arguments()
    cases = [
        case
        for case in corpus.cases()
        if re.search(given.only, case.command) and re.search(given.matching, case.what)
    ]
    start = time.monotonic()
    counts = count(cases, verbose=given.verbose)
    print(table(counts))
    print(f"{len(cases)} command lines in {time.monotonic() - start:.0f} s")
    bad = sum(ends[TRACEBACK] + ends[WRONG] for ends in counts.values())
    return 1 if bad else 0


def count(cases: Iterable[Case], *, verbose: bool = False) -> dict[str, Counter[str]]:
    """Runs the cases, prints those that end badly, and returns how many ended how, by command."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            ending = run(case, Path(folder).resolve())
        end, why = judged(case, ending)
        counts[case.command][end] += 1
        if why:
            print(f"{end}: {case.command}: {case.what}: {why}", flush=True)
        elif verbose:
            said = [line for line in (ending.err or ending.out).splitlines() if line.strip()]
            print(f"{end}: {case.command}: {case.what}: {said[-1:]}", flush=True)
    return counts


def table(counts: dict[str, Counter[str]]) -> str:
    """The table of the counts in Markdown."""
    lines = ["| command | lines | sentence | right result | traceback | wrong |", "|---" * 6 + "|"]
    whole = Counter[str]()
    for command, ends in counts.items():
        lines.append(_line(command, ends))
        whole += ends
    return "\n".join([*lines, _line("all", whole)])


def _line(name: str, ends: Counter[str]) -> str:
    return " | ".join([f"| {name}", str(ends.total()), *(str(ends[end]) for end in ENDS)]) + " |"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="a pattern of commands")
    parser.add_argument("--matching", default="", help="a pattern of what is bad")
    parser.add_argument("--verbose", action="store_true", help="print every sentence")
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    sys.exit(main())
