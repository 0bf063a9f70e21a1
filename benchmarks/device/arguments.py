"""The command line of the benchmark."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mol_jax.errors import Parser, UserError
from mol_jax.files import place

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
NAMES = (  # in the order of their value
    *("study", "pytorch", "mended", "groups", "kernels", "layers", "bits", "loops", "agreement"),
    *("memory", "saving", "frl_dgt", "zoo", "built"),
)
USUAL = NAMES[:-3]  # each of the last three would take a third of the time by itself
MINUTES = 9.0


class Given(NamedTuple):
    """What the command line asks for."""

    parts: tuple[str, ...]
    minutes: float
    tiny: bool
    whole: bool
    out: Path
    page: bool

    @property
    def text(self) -> str:
        """Returns the command without a machine's folders."""
        words = ["python -m benchmarks.device"]
        words += ["--tiny"] * self.tiny + ["--whole"] * self.whole
        words += [f"--minutes={self.minutes:g}"] * (self.minutes != MINUTES)
        words += [f"--parts {' '.join(self.parts)}"] * (self.parts != USUAL)
        return " ".join(words)


def parse(arguments: Sequence[str] | None, about: str) -> Given:
    """Returns the checked command line. Raises UserError for one that is wrong."""
    parser = Parser(prog="python -m benchmarks.device", description=about.splitlines()[0])
    add = parser.add_argument
    add("--parts", nargs="+", metavar="PART", help=f"{', '.join(NAMES)} [all but the last three]")
    add("--minutes", default=f"{MINUTES:g}", help=f"to end within [{MINUTES:g}]")
    add("--tiny", action="store_true", help="sizes for a test, which a CPU does in a minute")
    add("--whole", action="store_true", help="train the 26 folds too, as far as time allows")
    add("--out", default=str(RESULTS), help="folder of the results [benchmarks/results]")
    add("--page", action="store_true", help="measure nothing: write docs/gpu.md from the results")
    given = parser.parse_args(arguments)
    parts = _parts(USUAL if given.parts is None else given.parts)
    if given.whole and "study" not in parts:
        raise UserError("--whole trains the folds of study, which --parts does not have; add it.")
    return Given(
        parts=parts,
        minutes=_minutes(given.minutes),
        tiny=given.tiny,
        whole=given.whole,
        out=place.typed(given.out, "--out"),
        page=given.page,
    )


def _parts(names: Sequence[str]) -> tuple[str, ...]:
    """Returns the parts that are asked for, in the order of their value."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise UserError(f"--parts has {unknown[0]!r}; expected some of {', '.join(NAMES)}.")
    return tuple(name for name in NAMES if name in names)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes <= 1440:
        raise UserError(
            f"--minutes is {text!r}; expected a number above 0 and up to 1440, such as 9."
        )
    return minutes
