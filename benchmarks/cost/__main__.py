"""How cost grows, what is around training, and what whole studies take on which card.

    python -m benchmarks.cost                                  # a quarter of an hour on two cores
    python -m benchmarks.cost --model paper                    # on a card
    python -m benchmarks.cost --parts growth --axes rows data.crop
    python -m benchmarks.cost --parts studies --time all       # the papers' sizes too: 8 GiB
    python -m benchmarks.cost --parts studies page --time all --studies "FRL-DGT, composite"
    python -m benchmarks.cost --parts page                     # docs/cost.md again, from the JSON

Clips are random. Each size is varied alone; all values of one take turns, and the fastest turn of
each counts. Results are written after each part and each size, so that a run that is cut off keeps
what it has, and a later one goes on with --parts and --axes: what is measured again replaces what
was there. --tiny tries every path in a minute. --devices pretends so many on a CPU.
"""

import contextlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
from ml_collections import ConfigDict

from benchmarks.cost import growth, page, phases, studies
from mol_jax import settings
from mol_jax.data import known
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.whole import read_text, write_json
from mol_jax.settings.trials import plain
from mol_jax.study import hours, plan
from mol_jax.training.devices import describe_device, resolve_lowering

ROOT = Path(__file__).parents[2]
PARTS = ("studies", "growth", "phases", "page")
TIMED = ("the first command", "STSTNet, composite", "synthetic_full")  # small enough for a CPU


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; what was measured is kept.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(prog="python -m benchmarks.cost", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--model", choices=("small", "paper"), default="small")
    parser.add_argument("--axes", nargs="+", choices=tuple(growth.AXES["small"]))
    parser.add_argument("--devices", type=int, default=2, help="pretended on a CPU, up to 8")
    parser.add_argument("--tiny", action="store_true", help="the smallest sizes")
    parser.add_argument(
        "--time", choices=("none", "small", "all"), default="small", help="studies that are timed"
    )
    parser.add_argument("--studies", nargs="+", choices=tuple(studies.STUDIES), metavar="STUDY")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/cost.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs/cost.md")
    given = parser.parse_args(arguments)
    if not 1 <= given.devices <= 8:
        raise UserError(f"--devices is {given.devices}; it must be a whole number from 1 to 8.")
    with contextlib.suppress(RuntimeError):  # JAX has started, in a test
        jax.config.update("jax_num_cpu_devices", given.devices)
    found = _read(given.out)
    if set(given.parts) - {"page"}:
        found["machine"] = _machine(found.get("machine"), given.out)
    elif "machine" not in found:
        raise UserError(f"{given.out} has no results to make a page of: measure first")
    model = "tiny" if given.tiny else given.model
    axes = given.axes or tuple(growth.AXES[model])
    if not set(axes) <= set(growth.AXES[model]):
        raise UserError(
            f"--axes has {', '.join(axes)}, but those of the {model} model are "
            f"{', '.join(growth.AXES[model])}."
        )
    if "studies" in given.parts:
        names = TIMED[1:2] if given.tiny else tuple(studies.STUDIES)
        _studies(found, given.out, given.studies or names, tiny=given.tiny, time=given.time)
    if "growth" in given.parts:
        _growth(found, given.out, model, axes)
    if "phases" in given.parts:
        _phases(found, given.out)
    if "page" in given.parts:
        page.write(found, given.page)
        print(f"{given.page} is written.")
    return 0


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise UserError(
            f"{path} is no JSON ({error}): delete it, or choose another --out"
        ) from error
    if not isinstance(found, dict):
        raise UserError(f"{path} holds no results of this command: choose another --out")
    return found


def _machine(before: dict[str, str] | None, out: Path) -> dict[str, str]:
    """Returns what is measured on. Raises UserError where the results are of something else."""
    machine = {
        "device": describe_device(),
        "jax": jax.__version__,
        "python": platform.python_version(),
    }
    if before is not None and before != machine:
        raise UserError(
            f"{out} has results of another machine or version "
            f"({', '.join(before.values())}): delete it, or choose another --out"
        )
    return machine


def _growth(found: dict[str, Any], out: Path, model: str, axes: Sequence[str]) -> None:
    every = found.setdefault("growth", {}).setdefault(model, {})
    for points in growth.points(model, axes, devices=jax.local_device_count()):
        every[points[0].axis] = [
            point._asdict() | {"rate": point.rate, "load": os.getloadavg()[0]} for point in points
        ]
        write_json(out, found)
        said = ", ".join(f"{point.value}: {point.rate:.3g}/s" for point in points)
        print(f"{model}, {points[0].axis}: {said}", flush=True)


def _phases(found: dict[str, Any], out: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found["phases"] = phases.seconds(phases.config(folder), folder)
    write_json(out, found)
    print(f"phases: {found['phases']}", flush=True)


def _studies(
    found: dict[str, Any], out: Path, chosen: Sequence[str], *, tiny: bool, time: str
) -> None:
    """Counts studies, and then times updates of those that are small, of none or of all.

    What was timed before and is not now is kept.
    """
    every = found.setdefault("studies", {})
    for name in chosen:
        every[name] = every.get(name, {}) | studies.describe(studies.STUDIES[name])._asdict()
        write_json(out, found)
        print(f"{name}: {every[name]}", flush=True)
    for name in () if time == "none" else chosen:
        if name in TIMED or time == "all":
            every[name] |= _timed(studies.load(studies.STUDIES[name]))
            write_json(out, found)
            print(f"{name}: an update takes {every[name]['update']:.3g} s", flush=True)
    paths = {studies.STUDIES[name] for name in chosen}
    if time != "none" and not tiny and paths & {*studies.LARGE}:
        found["two_clips"] = _of_two_clips()
        write_json(out, found)
        print(f"MOL, two clips: an update takes {found['two_clips']['update']:.3g} s", flush=True)


def _of_two_clips() -> dict[str, float]:
    """Returns the FLOPs and the seconds of an update of the paper's model with a batch of two."""
    config = studies.load(studies.LARGE[0])
    config.train.batch_size = config.predict.batch_size = 2
    return {"flops": studies.counted(config)[0]} | _timed(config)


def _timed(config: ConfigDict) -> dict[str, float]:
    """Returns what `launch.plan --measure` finds of a study, one device and one replica on it."""
    config.runtime.devices = 1
    settings.check(config)
    classes, clips, folds = known.sizes(config)
    made = plan.make_plan(
        plain(config),
        seeds=len(config.seeds),
        folds=folds,
        clips=clips,
        classes=classes,
        devices=1,
        lower=lambda group: resolve_lowering(group, loop=config.runtime.loop),
    )
    one = hours.measure(made.groups[0], clips=clips, classes=classes, folds=folds)
    around = one.start + one.predict
    return {"update": one.update, "compile": one.compile, "around_a_wave": around}


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
