"""Compiles the training step for a GPU that is not there, and checks what XLA made of it.

    pip install -e . "jax[cuda12]"         # several GB; no GPU and no driver are needed
    python -m benchmarks.compiled                              # ten minutes on two cores
    python -m benchmarks.compiled --card=rtx4090 --programs mol-bfloat16-1
    python -m benchmarks.compiled --page                       # docs/compiled.md, compiles nothing

A program is what a study runs on a GPU: many updates in a device loop, on two devices of one
machine. Of each it prints and writes, as they come: calls of cuDNN by kind, convolutions that are
left to XLA's own loop, those of several groups, matrix products, collectives, and the memory of a
device beside what `launch.plan` says. Nothing is run, so there are no times but those of compiling.

Exits with 1 where a program that a study would run has a grouped convolution, a collective, or
fewer gradients of kernels by cuDNN than it should; with 0 and a sentence where jax's CUDA plugin is
not installed.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jax

from benchmarks.compiled import page
from benchmarks.compiled.cards import CARDS
from benchmarks.compiled.programs import CASES, INSTALL, Case, compile_case, faults
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import typed
from mol_jax.files.whole import read_text, write_json, write_text

PLUGINS = ("jax_cuda12_plugin", "jax_cuda13_plugin")
RESULTS = "benchmarks/results/compiled.json"
PAGE = Path("docs/compiled.md")
# Kernels cannot be tried out where there is no card: XLA takes the first that it has.
UNTRIED = "--xla_gpu_autotune_level=0"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(_arguments(arguments)), stopped="stopped.")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="python -m benchmarks.compiled",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [case.name for case in CASES]
    parser.add_argument("--card", choices=CARDS, default="h100")
    parser.add_argument("--programs", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--out", help=f"a JSON file to add to [{RESULTS}; of --tiny none]")
    parser.add_argument("--hlo", help="a folder for the programs as text [they are not kept]")
    parser.add_argument("--tiny", action="store_true", help="small networks, nothing is checked")
    parser.add_argument("--page", action="store_true", help=f"write {PAGE} from --out, and end")
    return parser.parse_args(arguments)


def _run(given: argparse.Namespace) -> int:
    place = given.out if given.out is not None or given.tiny else RESULTS
    out = None if place is None else typed(place, "--out")
    hlo = None if given.hlo is None else typed(given.hlo, "--hlo")
    if given.page:
        write_text(PAGE, page.render(_read(out or Path(RESULTS))))
        return 0
    plugin = next((name for name in PLUGINS if importlib.util.find_spec(name)), None)
    if plugin is None:
        print(
            "skipped: jax's CUDA plugin is not installed, and nothing compiles for a GPU without "
            f"it: {INSTALL} (no GPU is needed)"
        )
        return 0
    _without_a_card()
    wrong = list(_compile(given, plugin, out, hlo))
    for sentence in () if given.tiny else wrong:
        print(f"wrong: {sentence}.")
    return 1 if wrong and not given.tiny else 0


def _compile(
    given: argparse.Namespace, plugin: str, out: Path | None, hlo: Path | None
) -> Iterator[str]:
    """Compiles the programs, prints and writes each; yields what is wrong with them."""
    results = _read(out) if out is not None and out.exists() else {}
    if out is not None:
        write_json(out, results)  # a place that takes no file is told of before anything compiles
    print(page.HEADER, flush=True)
    for case in (case for case in CASES if case.name in given.programs):
        made, text = compile_case(case, CARDS[given.card], tiny=given.tiny)
        print(page.row(case.name, made), flush=True)
        if out is not None:
            _add(results, given.card, case, made | _versions(plugin))
            write_json(out, results)
        if hlo is not None:
            write_text(hlo / f"{given.card}-{case.name}.txt", text)
        yield from faults(case, made)


def _without_a_card() -> None:
    """Has JAX itself on the CPU, and XLA compile without trying kernels; before JAX is used."""
    jax.config.update("jax_platforms", "cpu")
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {UNTRIED}".strip()


def _versions(plugin: str) -> dict[str, str]:
    return {"jax": jax.__version__, plugin: importlib.metadata.version(plugin)}


def _add(results: dict[str, Any], card: str, case: Case, made: dict[str, Any]) -> None:
    """Puts what was found of a program in its place, in the order of CASES."""
    programs = {**results.get(card, {}), case.name: made}
    names = (each.name for each in CASES)
    results[card] = {name: programs[name] for name in names if name in programs}


def _read(path: Path) -> dict[str, Any]:
    """Returns the results of earlier runs. Raises UserError where a file holds none."""
    try:
        results = json.loads(read_text(path))
        page.render(results)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(
            f"{path} has no results of benchmarks.compiled; give another --out, or delete it"
        ) from error
    return results


if __name__ == "__main__":
    leave(main())
