"""A whole study of generated clips that were built before: its time and its score."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.device import machine
from benchmarks.device.arguments import ROOT
from benchmarks.device.bench import Bench
from benchmarks.device.part import Part, Row, Unavailable
from benchmarks.device.result_file import said
from configs import synthetic_full

CONFIG = "configs/synthetic_full.py"
SPARE = 10.0  # seconds to read what it made


def measure(bench: Bench) -> Iterator[Row]:
    """Yields the study's seconds and scores. It is trained by the command that users have."""
    if bench.tiny:
        raise Unavailable(f"{CONFIG} has one size")
    _need_records()
    with tempfile.TemporaryDirectory() as folder:
        seconds = _train(Path(folder), bench.clock.left - SPARE)
        metrics = json.loads((Path(folder) / "run" / "metrics.json").read_text(encoding="utf-8"))
    yield {"what": f"{CONFIG}, every fold", "s": seconds, **metrics["pooled"]}


def _need_records() -> None:
    """Raises Unavailable where the clips are not built."""
    from data_builders.records.load import built_path  # noqa: PLC0415  it reads datasets
    from mol_jax.data import generated, load  # noqa: PLC0415  so do these

    config = synthetic_full.get_config()
    folder = ROOT / generated.place(config)
    if not built_path(generated.NAME, folder, load.build_name(config)):
        raise Unavailable(
            f"the clips of {CONFIG} are not built in {config.data.dir}: python -m mol_jax.main "
            f"--config={CONFIG} draws and builds them, which needs dlib and TV-L1"
        )


def _train(folder: Path, limit: float) -> float:
    """Runs the command in a process of its own; returns its seconds."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mol_jax.main", f"--config={CONFIG}", f"--workdir={folder}/run"],
            cwd=ROOT,
            env=os.environ | {machine.FRACTION: machine.CHILDS_SHARE},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=max(1.0, limit),
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"the {limit:.0f} s that were left did not hold it") from None
    if done.returncode:
        raise RuntimeError(said(done.stderr.strip().rpartition("\n")[2]))
    return time.monotonic() - began


PART = Part("built", "A whole study of clips that were built before", 150, measure)
