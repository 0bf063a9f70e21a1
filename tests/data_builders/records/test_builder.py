import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from data_builders.casme2.casme2_dataset_builder import Builder
from data_builders.disk.workspace import workspace
from data_builders.records import staging
from data_builders.records.builder import BuildOptions, prepare
from data_builders.records.load import open_dataset
from data_builders.records.record import RecordSettings
from mol_jax.errors import UserError

SETTINGS = RecordSettings(frames=2, size=72, flow="dis")


@pytest.fixture
def counting(detector):
    """Makes detectors that count together what they are asked, and that can be told apart."""

    class Counting(detector):
        identity = "fixed 1"
        asked = 0

        def __call__(self, image):
            Counting.asked += 1
            return super().__call__(image)

    return Counting


@pytest.fixture
def keep(tmp_path):
    return tmp_path / "tfds" / "casme2"


@pytest.fixture
def made(small_tree, tmp_path, keep, counting):
    """Builds the small tree into a folder of the given name; returns its records."""

    def make(folder, settings=SETTINGS, **options):
        options = {"make_detector": counting, "keep": keep, **options}
        data_dir = tmp_path / folder
        prepare(Builder, settings, small_tree.root, data_dir, BuildOptions(**options))
        return list(open_dataset("casme2", data_dir, settings.config_name)[0])

    return make


def assert_same(one, other):
    assert len(one) == len(other) > 0
    for a, b in zip(one, other, strict=True):
        assert a.keys() == b.keys()
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])


def test_each_frame_is_searched_once_for_all_configs(made, counting):
    expected = made("plain", keep=None)
    assert counting.asked == 25
    assert_same(made("a"), expected)
    assert counting.asked == 50
    for change in ({"frames": 4}, {"size": 144}, {"alignment": "smoothed"}, {"flow": "tvl1"}):
        made("b", dataclasses.replace(SETTINGS, **change))
    assert counting.asked == 50


def test_a_detector_without_identity_leaves_nothing(made, keep, detector):
    made("a", make_detector=detector)
    assert not keep.exists()


def test_a_refused_build_goes_on_when_it_is_repaired(made, small_tree, counting, keep):
    file = small_tree.frames / "sub02" / "EP02_01f" / "img15.jpg"
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    with pytest.raises(UserError, match="img15"):
        made("a")
    assert counting.asked == 15 and len(list(staging.folder_of(keep, SETTINGS).iterdir())) == 2
    file.write_bytes(whole)
    goes_on = made("a")
    assert counting.asked == 25
    assert_same(goes_on, made("plain", keep=None))


def test_finished_clips_are_not_made_again(made, keep, monkeypatch):
    expected = made("a")

    def no_more(*_):
        raise AssertionError

    monkeypatch.setattr("data_builders.records.record.make_record", no_more)
    assert_same(made("b"), expected)
    staging.clear(keep, SETTINGS)
    with pytest.raises(AssertionError):
        made("c")


def test_the_flow_is_in_the_metadata(made, tmp_path):
    made("a")
    metadata = open_dataset("casme2", tmp_path / "a", "t2_s72_clip_dis")[1]
    assert metadata["flow"] == "DIS, OpenCV preset medium" and metadata["flow_method"] == "dis"


SLOW_DETECTOR = """
import os, time
import numpy as np

class Slow:
    identity = "slow"
    def __init__(self):
        self.points = np.load(os.environ["POINTS"])
    def __call__(self, image):
        with open(os.environ["ASKED"], "a") as file:
            file.write("x")
        time.sleep(0.02)
        return self.points
"""
SESSION = """
import pathlib, sys
from data_builders.casme2.casme2_dataset_builder import Builder
from data_builders.records.builder import BuildOptions, prepare
from data_builders.records.record import RecordSettings
from data_builders.disk.workspace import workspace
from slow_detector import Slow

if __name__ == "__main__":
    source, data_dir = map(pathlib.Path, sys.argv[1:3])
    options = BuildOptions(
        workers=int(sys.argv[3]), make_detector=Slow, keep=data_dir / "casme2"
    )
    with workspace(data_dir) as work:
        settings = RecordSettings(frames=2, size=72, flow="dis")
        built = prepare(Builder, settings, source, work, options)
        place = data_dir / built.relative_to(work)
        place.parent.mkdir(parents=True, exist_ok=True)
        built.rename(place)
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_build_goes_on(tree, tmp_path, detector, workers):
    for number in range(12):
        tree.add("01", f"EP{number:02d}")
    tree.write_workbook()
    data_dir, asked = tmp_path / "tfds", tmp_path / "asked"
    (tmp_path / "slow_detector.py").write_text(SLOW_DETECTOR)
    (tmp_path / "session.py").write_text(SESSION)
    np.save(tmp_path / "points.npy", detector()(np.ones((1, 1))))
    environment = os.environ | {
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}",
        "POINTS": str(tmp_path / "points.npy"),
        "ASKED": str(asked),
    }

    def session():
        command = [sys.executable, tmp_path / "session.py", tree.root, data_dir, str(workers)]
        return subprocess.Popen(command, env=environment)

    def finished():
        return len(list(data_dir.glob("casme2/unfinished/*/*.npz")))

    for kills in (1, 2):
        process, before = session(), finished()
        while process.poll() is None and finished() < before + 3:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert finished() >= 3 * kills
        assert len(list(data_dir.glob(".building-*"))) == 1  # that of this session alone
        assert not list(data_dir.rglob("dataset_info.json"))
    assert session().wait() == 0
    # A kill costs at most the clip each worker was at.
    assert 120 <= asked.stat().st_size <= 120 + 2 * workers * 10
    assert not list(data_dir.glob(".building-*"))
    records, metadata = open_dataset("casme2", data_dir, SETTINGS.config_name)
    assert metadata["clips"] == len(records) == 12
    options = BuildOptions(make_detector=detector)
    with workspace(tmp_path / "unbroken") as work:
        prepare(Builder, SETTINGS, tree.root, work, options)
        unbroken, plain = open_dataset("casme2", work, SETTINGS.config_name)
        assert_same(list(records), list(unbroken))
        assert json.dumps(metadata) == json.dumps(plain)
