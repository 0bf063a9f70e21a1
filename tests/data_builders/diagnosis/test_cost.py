import re
from types import SimpleNamespace

import numpy as np
import pytest

from data_builders.build import build
from data_builders.casme2 import annotation as casme2
from data_builders.diagnosis import cost, place
from data_builders.records.record import make_record
from mol_jax.errors import UserError
from tests.data_builders.conftest import FixedDetector
from tests.data_builders.diagnosis.conftest import SETTINGS, Report


def test_cost_is_that_of_the_records(whole, tmp_path):
    clips = casme2.annotate(whole.root, "casme2").clips
    example = make_record(clips[0], SETTINGS, FixedDetector()).example
    arrays = [value for value in example.values() if isinstance(value, np.ndarray)]
    integers = [value for value in example.values() if isinstance(value, int)]
    expected = sum(array.nbytes for array in arrays) + 8 * len(integers)
    assert cost.record_bytes(SETTINGS, len(example["frames"])) == expected
    report = Report("synthetic", whole.root, data_dir=tmp_path / "not" / "yet")
    assert f"disk: {10 * expected / 1e6:.1f} MB" in report.text
    assert "100 frames" in report.text and "70 pairs" in report.text
    assert "in 1 process," in report.text


def test_a_small_disk_is_odd_and_too_small_a_one_bad(whole, monkeypatch):
    def report(free):
        usage = SimpleNamespace(free=free, total=10**12)
        monkeypatch.setattr(place.shutil, "disk_usage", lambda folder: usage)
        return Report("synthetic", whole.root)

    size = 10 * cost.record_bytes(SETTINGS, 10)
    odd, bad = report(2 * size), report(1000)
    assert odd.code == 1 and "MB free in data/tfds: a build stops when the disk" in odd.text
    assert report(4 * size).code == 0
    assert bad.code == 2 and "0.0 MB free in data/tfds, of " in bad.text


def test_the_time_is_of_all_frames_and_pairs_over_the_processes(whole):
    found = {}
    for workers in (1, 4):
        text = Report("synthetic", whole.root, workers=workers).text
        each = dict(re.findall(r"(detecting|aligning|flow, dis): ([\d.]+) ms", text))
        times = [float(each[name]) for name in ("detecting", "aligning", "flow, dis")]
        expected = (100 * (times[0] + times[1]) + 70 * times[2]) / 1000 / workers
        found[workers] = float(re.search(r"time: about (\d+) s", text)[1])
        assert abs(found[workers] - expected) < 0.6 + 0.05 * expected


def test_a_place_that_cannot_be_written_in_is_bad(whole, tmp_path):
    (tmp_path / "file").write_text("")
    report = Report("synthetic", whole.root, data_dir=tmp_path / "file" / "deep")
    assert report.code == 2 and any("give another --data_dir" in line for line in report.of("bad"))


@pytest.mark.parametrize("where", ["/proc/x", "a" * 300, "dangling/x"])
def test_a_place_where_no_folder_can_be_made_is_bad(whole, tmp_path, where):
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    data_dir = tmp_path / where
    assert Report("synthetic", whole.root, data_dir=tmp_path / "a").code == 0
    assert Report("synthetic", whole.root, data_dir=data_dir).code == 2
    with pytest.raises((UserError, OSError)):
        build("synthetic", whole.root, data_dir=data_dir, make_detector=FixedDetector)
