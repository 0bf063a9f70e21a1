"""Configs of spotters: those in configs/ are the usual ones, and what is refused."""

import csv
import dataclasses
import json
from pathlib import Path

import pytest

from mol_jax.errors import UserError
from mol_jax.spotting import config
from mol_jax.spotting.known import FILE, false_alarms, line, record
from mol_jax.spotting.page import known
from mol_jax.spotting.settings import USUAL
from mol_jax.spotting.spotters import SPOTTERS

CONFIGS = Path(__file__).parents[3] / "configs" / "spotting"


def test_every_method_has_a_config_of_usual_constants_and_known_false_alarms():
    assert {path.stem for path in CONFIGS.glob("*.py")} == set(SPOTTERS)
    for method in SPOTTERS:
        assert config.read(str(CONFIGS / f"{method}.py")) == (method, USUAL)
        line = false_alarms(method)
        assert "false alarms a minute" in line
        assert "GENERATED" in line
        assert known(method, USUAL) == f"Known of this method: {line}."
        other = known(method, dataclasses.replace(USUAL, factor=2.0))
        assert "factor 2" in other
        assert "false alarms a minute" not in other
    with pytest.raises(UserError, match="expected one of flow, frequency"):
        false_alarms("wave")


def test_what_is_known_was_measured_and_what_was_not_is_told(tmp_path):
    for row in csv.DictReader(FILE.open()):
        false, minutes, low, high, f1, f1_low, f1_high, videos = map(float, list(row.values())[1:])
        assert 0 < low < false / minutes < high, row["method"]
        assert 0 < f1_low < f1 < f1_high < 1, row["method"]
        assert min(minutes, videos) >= 10, row["method"]
    empty = tmp_path / "known.csv"
    empty.write_text(FILE.read_text().splitlines()[0] + "\n")
    assert false_alarms("flow", empty).endswith("was not measured")


def run_of(folder, true, false):
    """Writes what a run leaves: scores and durations of one minute."""
    folder.mkdir()
    counts = {"tp": true, "fn": 0, "fp": false, "f1": 0.5, "n_videos": 3}
    counts |= {"method": "flow", "settings": dataclasses.asdict(USUAL)}
    bounds = {"false_per_minute": [0.5, 3.0], "f1": [0.4, 0.6]}
    (folder / "scores.json").write_text(json.dumps(counts | {"ci95": bounds}))
    (folder / "durations.csv").write_text("video,seconds\na,20\nb,40\n")
    return folder


def test_false_alarms_are_written_from_two_runs(tmp_path):
    file = tmp_path / "known.csv"
    file.write_text(FILE.read_text())
    spotted, neutral = run_of(tmp_path / "s", 4, 1), run_of(tmp_path / "n", 0, 2)
    record("flow", spotted, neutral, file)
    lines = {row["method"]: row for row in csv.DictReader(file.open())}
    assert set(lines) == set(SPOTTERS)
    flow = lines["flow"]
    assert [float(flow[key]) for key in ("false", "minutes", "f1", "videos")] == [2, 1, 0.5, 3]
    with pytest.raises(UserError, match="then the one on neutral videos"):
        record("flow", neutral, spotted, file)
    with pytest.raises(UserError, match="expected frequency with its usual constants"):
        record("frequency", spotted, neutral, file)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{'factor': -1}", "expected a number above 0"),
        ("{'factor': 'high'}", "expected a number, as"),
        ("{'factr': 3}", "is no constant of a spotter: factor"),
        ("{'side': 40.5}", "expected a whole number above 0"),
        ("3", "is no config of a spotter"),
        ("{'low': 6, 'high': 1}", "low is 6 and settings.high 1; expected low below high"),
        ("{'shortest': 0.9}", "expected shortest below longest"),
        ("{'around': 0.4}", "expected beside below around"),
        ("{'smooth': 1e9}", "expected 0 to 10"),
        ("{'share': 2}", "expected 0 to 1"),
        ("{'side': 1}", "expected 16 to 512"),
        ("{'rate': 0.01}", "expected 5 to 1000"),
    ],
)
def test_constants_are_checked(tmp_path, settings, words):
    file = tmp_path / "c.py"
    file.write_text(
        "from types import SimpleNamespace\n"
        f"def get_config(): return SimpleNamespace(method='flow', settings={settings})\n"
    )
    with pytest.raises(UserError, match=words):
        config.read(str(file))


def test_a_method_that_there_is_not_is_told_before_any_recording_is_read(tmp_path):
    file = tmp_path / "c.py"
    file.write_text(
        "from types import SimpleNamespace\n"
        "def get_config(): return SimpleNamespace(method='wave', settings={})\n"
    )
    with pytest.raises(UserError, match="method is 'wave'; expected one of flow, frequency"):
        config.read(str(file))


def test_a_constant_that_is_given_is_taken(tmp_path):
    file = tmp_path / "c.py"
    file.write_text(
        "from types import SimpleNamespace\n"
        "def get_config(): return SimpleNamespace(method='flow', settings={'factor': 5})\n"
    )
    assert config.read(str(file))[1].factor == 5.0
    with pytest.raises(UserError, match="which is no file"):
        config.read(str(tmp_path / "none.py"))


def test_what_was_measured_on_real_recordings_is_not_called_generated():
    figures = (3, 0.5, 1, 9, 0.4, 0.2, 0.6, 4)
    drawn, real = (line("learned", figures, generated=one) for one in (True, False))
    assert drawn.count("GENERATED") == 2 and drawn.endswith("not measured on real recordings")
    assert "6.00 false alarms a minute [1.00, 9.00] on 0.5 minutes of neutral video; F1" in real
    assert real.endswith("40.0 [20.0, 60.0] on 4 videos with micro-expressions")
