"""Writes a generated dataset: `python -m data_builders.synthetic --out=DIR --subjects=8`."""

import sys
import time
from collections.abc import Sequence

from data_builders.common.parser import Parser
from data_builders.synthetic.tree import EMOTIONS, generate
from mol_jax.errors import exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; nothing was written")


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    start = time.monotonic()
    out = generate(**vars(options))
    count = options.subjects * options.clips
    print(
        f"{count} clips of {options.subjects} subjects in {out}, {time.monotonic() - start:.0f} s"
    )
    print(f"build them: python -m data_builders.build synthetic --source={out}")
    return 0


def _parser() -> Parser:
    parser = Parser(prog="python -m data_builders.synthetic", description=__doc__)
    parser.add_argument("--out", required=True, help="a folder that does not exist yet")
    parser.add_argument("--subjects", type=int, default=8)
    parser.add_argument("--clips", type=int, default=12, help="clips of each subject [12]")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--emotions", type=_names, default=EMOTIONS, help=f"[{','.join(EMOTIONS)}]")
    parser.add_argument(
        "--amplitude", type=_pair(float), default=(1.0, 4.0), help="peak motion, px [1,4]"
    )
    parser.add_argument(
        "--frames", type=_pair(int), default=(10, 16), help="frames of a clip [10,16]"
    )
    parser.add_argument("--workers", type=int, default=None, help="processes [one a core]")
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _pair(kind):
    def pair(text: str):
        low, high = (kind(part) for part in text.split(","))
        return low, high

    return pair


if __name__ == "__main__":
    sys.exit(main())
