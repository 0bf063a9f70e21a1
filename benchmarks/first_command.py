"""Where the time of the README's first command goes, from cold and again.

    python -m benchmarks.first_command                        # some minutes on two cores
    python -m benchmarks.first_command --runs cold warm warm -- --config.train.steps=100

Runs `python -m mol_jax.main --config=configs/synthetic.py` in a temporary folder: "cold" without
data, compiled programs or matplotlib's list of fonts, "warm" with what the run before left of
these, in a new workdir. What follows `--` is given to the command. Prints the seconds of each phase
(`benchmarks/phases.py`), the processor's seconds, the largest resident memory and the scores, and
writes them to benchmarks/results/first_command.json. Python's own files are not dropped from the
disk's cache: they are as warm as they were found.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax

from benchmarks.phases import Phases
from mol_jax.errors import Parser, UserError, exit_code, leave

CONFIG = "configs/synthetic.py"
RESULTS = Path("benchmarks/results/first_command.json")
SCORES = ("pooled.uf1", "ci95.uf1")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if "--child" in words[:1]:  # the command that it runs answers for itself
        given = _arguments(words)
        return _child(Path(given.child[0]), float(given.child[1]), given.more)
    return exit_code(lambda: _main(_arguments(words)), stopped="stopped.")


def _main(arguments: argparse.Namespace) -> int:
    """Runs the command as often as asked and prints a table."""
    runs: list[tuple[dict[str, Any], Path]] = []
    with tempfile.TemporaryDirectory() as temporary:
        for number, kind in enumerate(arguments.runs):
            folder = Path(temporary, f"cold{number}") if kind == "cold" else runs[-1][1]
            result = _run(folder, number, arguments.more)
            runs.append(({"run": kind} | result, folder))
            RESULTS.parent.mkdir(exist_ok=True)
            found = {"more": arguments.more, "jax": jax.__version__, "cores": os.cpu_count()}
            RESULTS.write_text(json.dumps(found | {"runs": [run for run, _ in runs]}, indent=1))
    _print([run for run, _ in runs])
    return 0


def _run(folder: Path, number: int, more: list[str]) -> dict[str, Any]:
    """Runs the command in a process of its own; returns what that measured."""
    folder.mkdir(exist_ok=True)
    start = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.first_command", "--child", str(folder), str(start)]
        + ["--", f"--workdir={folder}/run{number}", *more],
        check=False,
        env=os.environ | {"MPLCONFIGDIR": str(folder / "fonts")},
        stdout=sys.stderr,
    )
    if done.returncode:
        raise UserError(
            f"the command ended with exit code {done.returncode}; what it said stands above"
        )
    return json.loads((folder / "phases.json").read_text()) | {"wall": time.time() - start}


def _child(folder: Path, start: float, more: list[str]) -> int:
    """Runs the command with its functions wrapped, and writes what they took if it succeeds."""
    phases = Phases(start)
    from mol_jax import main as command  # noqa: PLC0415  the parent needs none of it
    from mol_jax.study import command as study_command  # noqa: PLC0415

    prepare = study_command.prepare_jax

    def prepare_and_wrap(*given: Any) -> None:
        prepare(*given)
        _wrap(phases)

    study_command.prepare_jax = prepare_and_wrap  # type: ignore[assignment]
    places = [f"--config.data.dir={folder}/data", f"--config.runtime.cache_dir={folder}/programs"]
    code = command.main(["main", f"--config={CONFIG}", *places, *more])
    if code:
        return code
    workdir = next(text.partition("=")[2] for text in more if text.startswith("--workdir="))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "phases": phases.finish(),
        "compiled": phases.compiled,
        "processor": usage.ru_utime + usage.ru_stime,
        "kernel": usage.ru_stime,
        "processor_of_workers": workers.ru_utime + workers.ru_stime,
        "minor_faults": usage.ru_minflt,
        "peak_mib": usage.ru_maxrss / 1024,
        "scores": _scores(Path(workdir, "metrics.json")),
    }
    (folder / "phases.json").write_text(json.dumps(result))
    return 0


def _wrap(phases: Phases) -> None:
    """Names the phases of a study. They are those of its functions, wherever these are called."""
    import jax.monitoring  # noqa: PLC0415

    from mol_jax.data import generated, load  # noqa: PLC0415
    from mol_jax.study import experiment, fit_svm, wave_log  # noqa: PLC0415
    from mol_jax.study.checkpoints import Checkpoints  # noqa: PLC0415
    from mol_jax.study.workdir import Workdir  # noqa: PLC0415
    from mol_jax.training.engine import Engine  # noqa: PLC0415

    jax.monitoring.register_event_duration_secs_listener(phases.on_duration)
    phases.enter("the rest")
    phases.wrap(generated, "generate", "drawing")
    phases.wrap(generated, "build", "building")
    phases.wrap(load, "load", "loading")
    phases.wrap(Engine, "init", "other first states", first="first state, compiled")
    phases.wrap(Engine, "advance", "updates", first="first updates, compiled")
    phases.wrap(Engine, "predict", "other predictions", first="first prediction, compiled")
    phases.wrap(wave_log, "chunk_metrics", "updates")
    for name in ("save", "save_final", "finish"):
        phases.wrap(Checkpoints, name, "saving")
    phases.wrap(fit_svm, "floor", "SVM")
    phases.wrap(Workdir, "write_results", "tables and scores")
    phases.wrap(experiment, "write_report", "report")


def _scores(file: Path) -> dict[str, Any]:
    """Returns the pooled scores of a run, by their names."""
    return _found(json.loads(file.read_text()))


def _found(metrics: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in _flat(metrics) if name in SCORES}


def _flat(tree: Any, name: str = "") -> list[tuple[str, Any]]:
    if isinstance(tree, dict):
        return [leaf for key, value in tree.items() for leaf in _flat(value, f"{name}.{key}")]
    return [(name.lstrip("."), tree)]


def _print(runs: list[dict[str, Any]]) -> None:
    """Prints a row for each phase and a column for each run."""
    names = dict.fromkeys(name for run in runs for name in run["phases"])
    print("| seconds (the processor's) |", " | ".join(run["run"] for run in runs), "|")
    print("|---|" + "---:|" * len(runs))
    for name in names:
        cells = ["{:.1f} ({:.1f})".format(*run["phases"].get(name, (0, 0))) for run in runs]
        print(f"| {name} |", " | ".join(cells), "|")
    for name in ("wall", "processor", "kernel", "processor_of_workers", "minor_faults", "peak_mib"):
        print(f"| {name} |", " | ".join(f"{run[name]:,.1f}" for run in runs), "|")
    for name in runs[0]["compiled"]:
        cells = [f"{run['compiled'][name]:.1f}" for run in runs]
        print(f"| compiled in {name} |", " | ".join(cells), "|")
    for name in runs[0]["scores"]:
        print(f"| {name} |", " | ".join(str(run["scores"].get(name)) for run in runs), "|")


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Returns the checked command line. Raises UserError for one that is wrong."""
    about = (__doc__ or "").partition("\n")[0]
    parser = Parser(prog="python -m benchmarks.first_command", description=about)
    parser.add_argument("--runs", nargs="+", choices=["cold", "warm"], default=["cold", "warm"])
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("more", nargs="*", help="flags of mol_jax.main, after --")
    given = parser.parse_args(arguments)
    if given.runs[0] == "warm":
        raise UserError("--runs begins with warm, which needs a run before; begin with cold.")
    return given


if __name__ == "__main__":
    leave(main())
