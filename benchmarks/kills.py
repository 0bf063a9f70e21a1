"""Kills a tiny study over and over; what it finds in the end must be what an unbroken run finds.

    python benchmarks/kills.py                  # 50 kills, about 20 minutes on two cores
    python benchmarks/kills.py --kills=5 --seed=1
    python benchmarks/kills.py --devices-vary   # one or two devices a session, one replica on each

The study is 2 seeds × 3 folds, run through the command line on two devices of two replicas each:
a full wave and one with padding. It is run unbroken; then, in a new workdir, it is killed after a
random time and started again until it ends, and predictions.csv, dense.csv and history.csv are
compared byte for byte; then the next workdir, until there were enough kills. One kill in four is a
SIGTERM, the others are SIGKILL. Exits with 1 after a mismatch, whose workdir is kept.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

TABLES = ("predictions.csv", "dense.csv", "history.csv")
REPLICAS = 6  # 2 seeds × 3 subjects
STUDY = {
    "seeds": "(0,1)",
    "data.generate.subjects": "3",
    "data.generate.clips": "3",
    "model.width": "16",
    "model.flow_width": "0.015625",
    "model.landmark_width": "0.03125",
    "model.mer_width": "0.0625",
    "train.batch_size": "4",
    "train.steps": "40",
    "train.log_every": "5",
    "train.save_every": "10",
}


def main() -> int:
    """Runs the studies; returns the exit code."""
    arguments = _arguments()
    rng, folder = random.Random(arguments.seed), arguments.folder.absolute()
    unbroken = folder / "unbroken"
    _run_unbroken(unbroken, vary=arguments.devices_vary)
    seconds = _run_unbroken(folder / "warm", vary=arguments.devices_vary)
    mismatches = _different(unbroken, folder / "warm")
    print(f"unbroken: {seconds:.0f} s; two such runs differ in: {mismatches or 'nothing'}")
    kills: list[tuple[str, int]] = []  # where each fell, and how many replicas were finished
    studies = 0
    while len(kills) < arguments.kills:
        workdir = folder / f"study{studies}"
        shutil.rmtree(workdir, ignore_errors=True)
        while _session(workdir, rng, seconds, kills, vary=arguments.devices_vary):
            pass
        studies += 1
        different = _different(unbroken, workdir)
        mismatches += [f"{workdir.name}/{name}" for name in different]
        print(f"study {studies} ended; differs in: {different or 'nothing'}", flush=True)
        if not different:
            shutil.rmtree(workdir)
    _print_summary(kills, studies, mismatches)
    return 1 if mismatches else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="at least so many [50]")
    parser.add_argument("--seed", type=int, default=0, help="of the times of the kills [0]")
    parser.add_argument("--folder", type=Path, default=Path("runs/kills"), help="[runs/kills]")
    parser.add_argument("--devices-vary", action="store_true", help="and one replica on a device")
    return parser.parse_args()


def _start(workdir: Path, *, devices: int, group: int) -> subprocess.Popen:
    """Starts the command that begins a study or goes on with it."""
    folder = workdir.parent
    fields = STUDY | {
        "data.dir": str(folder / "data"),
        "runtime.cache_dir": str(folder / "xla"),
        "runtime.devices": str(devices),
        "runtime.group": str(group),
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "mol_jax.main", "--config=configs/synthetic.py"),
            *(f"--config.{name}={value}" for name, value in fields.items()),
            f"--workdir={workdir}",
        ],
        cwd=Path(__file__).parents[1],
        env=os.environ
        | {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_force_host_platform_device_count=2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run_unbroken(workdir: Path, *, vary: bool) -> float:
    """Runs a study from start to end in an empty workdir; returns its seconds."""
    shutil.rmtree(workdir, ignore_errors=True)
    start = time.monotonic()
    process = _start(workdir, devices=2, group=1 if vary else 2)
    _, errors = process.communicate()
    if process.returncode:
        sys.exit(f"the unbroken run ended with {process.returncode}:\n{errors}")
    return time.monotonic() - start


def _session(
    workdir: Path, rng: random.Random, longest: float, kills: list[tuple[str, int]], *, vary: bool
) -> bool:
    """Runs a study until it ends or is killed, which is noted; returns whether it was killed."""
    delay = rng.uniform(0, longest)
    sent = rng.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
    devices = rng.choice((1, 2)) if vary else 2
    before, since = _unfinished_files(workdir), time.time()
    process = _start(workdir, devices=devices, group=1 if vary else 2)
    try:
        _, errors = process.communicate(timeout=delay)
    except subprocess.TimeoutExpired:
        process.send_signal(sent)
        _, errors = process.communicate()
    code = process.returncode
    if code == 0:
        return False
    if code not in (-signal.SIGKILL, -signal.SIGTERM, 128 + signal.SIGTERM):
        sys.exit(f"{workdir} ended with {code}, after {len(kills)} kills:\n{errors}")
    finished = len(list(workdir.glob("checkpoints/*/*/*/predicted.npz")))
    where = _phase(workdir, finished, before, since)
    kills.append((where, finished))
    print(
        f"kill {len(kills)}: {sent.name} after {delay:.1f} s, {where}, {finished} finished, "
        f"{devices} devices",
        flush=True,
    )
    return True


def _phase(workdir: Path, finished: int, before: set[Path], since: float) -> str:
    """Returns what a session was doing when it was killed, by the files that it left."""
    if _unfinished_files(workdir) - before:
        return "writing"
    if finished == REPLICAS:
        return "reporting"
    events = workdir.glob("tensorboard/*/*/*/*")
    return "training" if any(path.stat().st_mtime > since for path in events) else "starting"


def _unfinished_files(workdir: Path) -> set[Path]:
    """Returns what is only there while something is written, or if that was cut off."""
    return {*workdir.rglob("*.partial"), *workdir.rglob("*.orbax-checkpoint-tmp*")}


def _different(one: Path, other: Path) -> list[str]:
    """Returns the names of the tables that are not the same to the last byte."""
    return [name for name in TABLES if (one / name).read_bytes() != (other / name).read_bytes()]


def _print_summary(kills: list[tuple[str, int]], studies: int, mismatches: list[str]) -> None:
    phases = Counter(where for where, _ in kills)
    counts = Counter(finished for _, finished in kills)
    print(f"{len(kills)} kills in {studies} studies")
    print("  while:", ", ".join(f"{name} {number}" for name, number in phases.most_common()))
    print("  by finished replicas:", ", ".join(f"{n}: {counts[n]}" for n in sorted(counts)))
    print(f"  tables that differ from the unbroken run: {len(mismatches)}", *mismatches)


if __name__ == "__main__":
    sys.exit(main())
