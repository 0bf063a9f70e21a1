import numpy as np

from data_builders.casme2 import annotation as casme2
from data_builders.common.record import make_record
from data_builders.diagnosis import cost
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


def test_a_small_disk_is_odd(whole, monkeypatch):
    monkeypatch.setattr(cost, "_free", lambda folder: 1000)
    report = Report("synthetic", whole.root)
    assert report.code == 1 and "0.0 MB free in data/tfds: a build stops" in report.text
