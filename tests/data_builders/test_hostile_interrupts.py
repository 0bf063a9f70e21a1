"""Builds that are stopped or killed at any time, as the command line runs them."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from data_builders.disk.workspace import PREFIX
from data_builders.records.load import open_dataset

CONFIG = "t2_s72_clip_dis"
CLIPS, FRAMES = 12, 10
SENTENCES = ("stopped; the same command goes on", "stopped before it began.")
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}

# The detector of the tests beside this one, in a module that worker processes can import.
DETECTOR = """
import os, time
import numpy as np

class Slow:
    identity = "slow"
    def __init__(self):
        self.points = np.load(os.environ["POINTS"])
    def __call__(self, image):
        with open(os.environ["ASKED"], "a") as file:
            file.write("x")
        time.sleep(0.01)
        return self.points
"""
COMMAND = """
import functools, sys
from mol_jax import interrupts

if __name__ == "__main__":  # as `python -m` does by itself
    interrupts.listen()
from data_builders import build as module
from mol_jax.errors import leave
from slow_detector import Slow

if __name__ == "__main__":
    module.build = functools.partial(module.build, make_detector=Slow)
    print("begun", flush=True)
    leave(module.main(sys.argv[1:]))
"""


class Builds:
    """Starts the same build again and again."""

    def __init__(self, tmp_path: Path, source: Path, points: np.ndarray):
        self.data_dir, self.asked = tmp_path / "tfds", tmp_path / "asked"
        self.script, self.source = tmp_path / "command.py", source
        (tmp_path / "slow_detector.py").write_text(DETECTOR)
        self.script.write_text(COMMAND)
        self.asked.touch()
        np.save(tmp_path / "points.npy", points)
        self.environment = os.environ | {
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}",
            "POINTS": str(tmp_path / "points.npy"),
            "ASKED": str(self.asked),
        }

    def start(self, workers: int, *more: str) -> subprocess.Popen:
        words = [sys.executable, str(self.script), "casme2", f"--source={self.source}"]
        words += [f"--data_dir={self.data_dir}", "--frames=2", "--size=72", "--flow=dis"]
        process = subprocess.Popen(
            [*words, f"--workers={workers}", *more],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that its whole group can be told, as a terminal does
        )
        assert process.stdout is not None and process.stdout.readline() == "begun\n"
        return process

    def finished(self) -> int:
        return len(list(self.data_dir.glob(f"casme2/unfinished/{CONFIG}/*.npz")))

    def searched(self) -> int:
        return self.asked.stat().st_size

    def stop(self, process: subprocess.Popen, sign: signal.Signals, *, group: bool) -> None:
        """Sends the signal, and checks what the command then says.

        One that had told of its whole dataset by then was not stopped.
        """
        (os.killpg if group else os.kill)(process.pid, sign)
        out, err = process.communicate(timeout=60)
        if process.returncode == 0 and f"{CLIPS} clips of 1 subject" in out:
            return
        assert process.returncode == CODES[sign], err
        assert out == "" and "Traceback" not in err
        if sign != signal.SIGKILL:
            assert err.strip() in SENTENCES
            assert not list(self.data_dir.glob(f"{PREFIX}*"))

    def check_records(self) -> None:
        records, metadata = open_dataset("casme2", self.data_dir, CONFIG)
        assert [record["clip"] for record in records] == [f"EP{n:02d}" for n in range(CLIPS)]
        assert metadata["clips"] == CLIPS and metadata["frames"] == CLIPS * FRAMES

    def finish(self, *more: str) -> None:
        """Lets a build go on to its end: nothing is left but the dataset and the landmarks."""
        process = self.start(2, *more)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0 and err == "", out + err
        assert f"{CLIPS} clips of 1 subject" in out
        self.check_records()
        assert {path.name for path in self.data_dir.iterdir()} == {"casme2"}
        assert not list(self.data_dir.rglob("unfinished"))


@pytest.fixture
def builds(tree, tmp_path, detector):
    for number in range(CLIPS):
        tree.add("01", f"EP{number:02d}")
    tree.write_workbook()
    return Builds(tmp_path, tree.root, detector()(np.ones((1, 1))))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sign", "workers", "group"),
    [
        *((sign, workers, False) for sign in CODES for workers in (1, 2)),
        *((sign, 2, True) for sign in CODES),
    ],
)
def test_a_stopped_build_keeps_its_clips_and_goes_on(builds, sign, workers, group):
    """By a terminal's Ctrl-C and by Slurm the workers are told too; by `kill` they are not."""
    process = builds.start(workers)
    while process.poll() is None and builds.finished() < 4:
        time.sleep(0.005)
    builds.stop(process, sign, group=group)
    finished, searched = builds.finished(), builds.searched()
    assert 4 <= finished < CLIPS and searched >= 40
    assert not list(builds.data_dir.rglob("dataset_info.json")) or sign == signal.SIGKILL
    builds.finish()
    assert builds.searched() - searched <= (CLIPS - finished) * FRAMES


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_an_earlier_dataset_outlives_builds_that_are_stopped_at_any_time(builds, seed):
    """From their first import to their last rename."""
    builds.finish()
    rng = random.Random(seed)
    for _ in range(4):
        process = builds.start(rng.choice((1, 2)), "--overwrite")
        until = time.monotonic() + rng.uniform(0.2, 5)
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        if process.poll() is None:
            sign = rng.choice(list(CODES))
            builds.stop(process, sign, group=rng.random() < 0.5)
        else:
            assert process.returncode == 0, process.communicate()
        builds.check_records()
    builds.finish("--overwrite")


@pytest.mark.slow
def test_a_second_signal_does_not_leave_half_a_dataset(builds):
    """People press Ctrl-C until something happens."""
    process = builds.start(2)
    while process.poll() is None and builds.finished() < 3:
        time.sleep(0.005)
    for _ in range(5):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.02)
    process.communicate(timeout=60)
    assert process.returncode not in (0, None)
    assert not list(builds.data_dir.rglob("dataset_info.json"))
    builds.finish()
