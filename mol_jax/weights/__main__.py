"""Weights that can be given away: exported from a run, and what is known of a file.

    python -m mol_jax.weights export RUN --out=NAME.safetensors [--dtype=bfloat16]
    python -m mol_jax.weights show FILE

RUN is a run of mol_jax.pretrain, or a file of weights; FILE may also be a name under which one was
put away. To start from weights: --config.init.weights=FILE. See docs/fine_tuning.md.
"""

import argparse
from collections.abc import Sequence

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import typed
from mol_jax.terminal.page import tell
from mol_jax.weights import export, file, place, shown


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, or 2 for bad input."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    return given.command(given)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.weights",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="export|show")
    out = commands.add_parser("export", help="writes the weights of a run to a file")
    out.set_defaults(command=_export)
    out.add_argument("run", help="folder of a run of mol_jax.pretrain, or a file of weights")
    out.add_argument("--out", required=True, help="new file, NAME.safetensors")
    out.add_argument(
        "--dtype", choices=("float32", "bfloat16"), help="of its parameters [as in the run]"
    )
    out.add_argument("--licence", help="of the weights [as in the run]")
    show = commands.add_parser("show", help="says what a file of weights is of")
    show.set_defaults(command=_show)
    show.add_argument("file", help="a file, a run, or a name in ~/.cache/mol_jax/weights")
    return parser


def _export(given: argparse.Namespace) -> int:
    out = typed(given.out, "--out")
    export.check_place(out)
    if given.licence is not None and not given.licence.strip():
        raise UserError("--licence is empty; give it, as CC0-1.0, or leave it out.")
    source = place.find(given.run, "RUN")
    written = export.export(source, out, dtype=given.dtype, licence=(given.licence or "").strip())
    tell(shown.page(out, written))
    print(f"{out}: {out.stat().st_size:,} bytes, SHA-256 {written.sha256}")
    return 0


def _show(given: argparse.Namespace) -> int:
    path = place.find(given.file, "FILE")
    tell(shown.page(path, file.read(path)))
    return 0


if __name__ == "__main__":
    leave(main())
