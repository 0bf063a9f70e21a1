"""A whole study of generated clips that were built before: its time and its score."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ml_collections import ConfigDict

from benchmarks.device import machine
from benchmarks.device.arguments import ROOT
from benchmarks.device.bench import Bench
from benchmarks.device.part import Part, Row, Unavailable
from benchmarks.device.result_file import said
from configs import synthetic, synthetic_full

CONFIG, TINY = "configs/synthetic_full.py", "configs/synthetic.py"
FEW = ("--config.train.steps=2", "--config.train.log_every=1", "--config.model.width=16")
SPARE = 10.0  # seconds to read what it made


def measure(bench: Bench) -> Iterator[Row]:
    """Yields the study's seconds and scores. It is trained by the command that users have."""
    path, config = (TINY, synthetic) if bench.tiny else (CONFIG, synthetic_full)
    _need_records(path, config.get_config())
    with tempfile.TemporaryDirectory() as folder:
        flags = (f"--config={path}", f"--workdir={folder}/run", *FEW * bench.tiny)
        seconds = _train(flags, bench.clock.left - SPARE)
        metrics = json.loads((Path(folder) / "run" / "metrics.json").read_text(encoding="utf-8"))
    yield {"what": f"{path}, every fold", "s": seconds, **metrics["pooled"]}


def _need_records(path: str, config: ConfigDict) -> None:
    """Raises Unavailable where the clips of a config are not built."""
    from data_builders.records.load import built_path  # noqa: PLC0415  it reads datasets
    from mol_jax.data import generated, load  # noqa: PLC0415  so do these

    folder = ROOT / generated.place(config)
    if not built_path(generated.NAME, folder, load.build_name(config)):
        raise Unavailable(
            f"the clips of {path} are not built in {config.data.dir}: python -m mol_jax.main "
            f"--config={path} draws and builds them, which needs dlib and TV-L1"
        )


def _train(flags: Sequence[str], limit: float) -> float:
    """Runs the command in a process of its own; returns its seconds."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mol_jax.main", *flags],
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
