"""MOL's training step in PyTorch against ours, the same network and losses, in turns in one run.

    pip install -e .[benchmark]
    python -m benchmarks.torch_mol
    python -m benchmarks.torch_mol --models full --batches 2 --cores 1 --compile_seconds=600
    python -m benchmarks.torch_mol --device=cuda --dtype=bfloat16 --models full --batches 32

An update is forward, all losses, backward and Adam on a batch that lies ready; each side has a
process of its own on the same cores, and they take turns, `--rounds` times. The fastest turn of
each counts, since other work can only slow one down; medians and the processors' seconds are in the
results too. PyTorch's fastest form counts: NCHW or channels_last, and with `--compile_seconds`
torch.compile of the faster, given so long. Both sides have malloc told to keep freed memory; the
last rows are without that. Beside it stands the rate of one large float32 product, the limit.

With `--agreement` PyTorch's update is compared with ours in float64 from the same weights first.
Results are written as they come.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.torch_mol import models
from benchmarks.torch_mol.measuring import Bench, Where, all_cores
from benchmarks.torch_mol.results import count, versions, write
from benchmarks.torch_mol.steps import DTYPES, need_torch
from benchmarks.torch_mol.workers import Worker, chosen
from mol_jax.errors import Parser, exit_code, leave
from mol_jax.text.tables import markdown

RESULTS = Path("benchmarks/results/torch_mol.json")
HEADER = ("model", "batch", "cores", "malloc", "ours, ms", "PyTorch, ms", "its form") + (
    "PyTorch's time over ours",
    "ours, GFLOP/s",
    "PyTorch",
    "one product",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped: the rows so far are written.")


def _run(arguments: Sequence[str] | None) -> int:
    given = _parser().parse_args(arguments)
    need_torch(given.device)
    for cores in given.cores if given.device == "cpu" else ():
        chosen(cores)
    results: dict[str, Any] = {"about": _about(given), "rows": []}
    write(given.out, results)  # that it can, is known early
    if given.agreement != "none":
        results["agreement"] = _agreement(given)
    for row in _rows(given):
        results["rows"].append(row)
        write(given.out, results)
        print(f"{row['model']}, batch {row['batch']}: {row['ratio']}", file=sys.stderr, flush=True)
    print(markdown(HEADER, [_cells(row) for row in results["rows"]]))
    return 0


def _rows(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Yields the rows of all models and batches on each number of cores, then one untuned."""
    wanted = [(m, batch) for m in given.models for batch in given.batches or models.batches(m)]
    for cores in given.cores if given.device == "cpu" else (0,):
        where = Where(
            given.cache, given.device, given.dtype, cores, True, given.rounds, given.compile_seconds
        )
        with ExitStack() as stack:
            bench = Bench(where, stack)
            bench.measure_product()
            for model, batch in wanted:
                yield bench.row(model, batch)
        if given.device == "cpu":
            with ExitStack() as stack:
                untuned = Bench(replace(where, tuned=False, compile_seconds=0.0), stack)
                untuned.product = bench.product
                yield untuned.row(*wanted[min(1, len(wanted) - 1)])


def _cells(row: dict[str, Any]) -> list[str]:
    ours, best = row["sides"]["ours"], row["sides"][row["best"]]
    rates = [row["flop"] / (1e6 * side["ms"]) for side in (ours, best)]
    return [
        row["model"],
        str(row["batch"]),
        str(row["cores"] or "all"),
        "tuned" if row["tuned"] else "as it is",
        *(f"{side['ms']:.1f}" for side in (ours, best)),
        row["best"],
        f"{row['ratio']:.2f}",
        *(f"{rate:.1f}" for rate in rates),
        f"{row['product_flop_per_s'] / 1e9:.1f}",
    ]


def _agreement(given: argparse.Namespace) -> dict[str, float]:
    """Prints and returns how far PyTorch's update is from ours."""
    with Worker(given.cache) as worker:
        found = worker.ask("agree", model=given.agreement, batch=2, dtype="float64")
    print(f"largest relative difference in an update of the {given.agreement} model, float64:")
    for kind, difference in found.items():
        print(f"  {kind}: {difference:.1e}", flush=True)
    return found


def _about(given: argparse.Namespace) -> dict[str, Any]:
    asked = ("models", "batches", "cores", "rounds", "device", "dtype", "compile_seconds")
    return versions() | {"asked": {name: getattr(given, name) for name in asked}}


def _parser() -> Parser:
    parser = Parser(
        prog="python -m benchmarks.torch_mol", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--models", nargs="+", choices=[*models.CONFIGS], default=[*models.CONFIGS])
    parser.add_argument("--batches", nargs="+", type=count, help="[1 2 4, and the config's own]")
    parser.add_argument(
        "--cores", nargs="+", type=count, default=[1, 2][: all_cores()], help="on a CPU"
    )
    parser.add_argument("--rounds", type=count, default=5, help="turns of each side")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--dtype", choices=DTYPES, default="float32")
    parser.add_argument("--compile_seconds", type=_seconds, default=0.0, help="for torch.compile")
    parser.add_argument("--agreement", choices=("none", "narrow", "full"), default="none")
    parser.add_argument("--cache", type=Path, default=Path("runs/torch_mol"), help="of programs")
    parser.add_argument("--out", type=Path, default=RESULTS, help="a .json file")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 1e5:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected seconds from 0 to 100000")
    return seconds


if __name__ == "__main__":
    leave(main())
