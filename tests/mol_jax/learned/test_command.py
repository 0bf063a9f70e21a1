"""The learned spotter from recordings to intervals, with a model that has no weights."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest

from mol_jax import predict as predict_command
from mol_jax.errors import UserError
from mol_jax.learned import __main__ as command
from mol_jax.learned import fitting
from mol_jax.learned.tested import figures
from mol_jax.learned.watched import Taught
from mol_jax.predicting import learned, learned_watch, predictor
from mol_jax.predicting.models import model
from mol_jax.predicting.models.members import Member
from mol_jax.predicting.predict import predict
from mol_jax.predicting.reading import detection
from tests.mol_jax import tiny
from tests.mol_jax.predicting import filmed
from tests.mol_jax.predicting.about import about
from tests.mol_jax.predicting.stand_in_model import StandInModel

COUNT, ONSET, OFFSET = 60, 25, 35  # frames, at 30 a second; numbers from 1


@dataclasses.dataclass
class Weighted(StandInModel):
    """A stand-in with weights to know it by."""

    weight: float = 1.0

    @property
    def members(self):
        kept = SimpleNamespace(params={"a": np.full(2, self.weight)}, collections={})
        return (Member(0, "sub01", kept),)

    def embedded(self, table):
        return table.frames.mean((2, 3)).astype(np.float32)


def weighted(run, **changes):
    return Weighted(
        **{"config": tiny.config(**{"data.frames": 8}), "about": about(run=run)} | changes
    )


def recordings(folder, expressive, neutral=0, seed=1):
    """A set of squares that grow brighter while they express something, one a person."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    videos, intervals = ["video,subject,neutral"], ["video,subject,kind,onset,offset"]
    for number in range(expressive + neutral):
        quiet, at = number >= expressive, ONSET + number
        pictures = [filmed.picture((40 + 0.1 * k, 48)) for k in range(COUNT)]
        for k, one in enumerate(pictures):
            one[one > 140] += rng.integers(5, dtype=np.uint8)
            if not quiet and at <= k + 1 <= OFFSET + number:
                one[one > 140] += 40
        filmed.write(folder / f"v{number}.mkv", pictures, codec="ffv1", pix_fmt="gray")
        videos.append(f"v{number},p{number},{int(quiet)}")
        if not quiet:
            intervals.append(f"v{number},p{number},micro,{at},{OFFSET + number}")
    (folder / "videos.csv").write_text("\n".join(videos) + "\n")
    (folder / "intervals.csv").write_text("\n".join(intervals) + "\n")
    (folder / "GENERATED.json").write_text(json.dumps({"seed": seed}))
    return folder


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    at = tmp_path_factory.mktemp("sets")
    return recordings(at / "taught", 4), recordings(at / "tested", 2, 2, seed=2)


@pytest.fixture
def run(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    stand_in = weighted(folder)
    for where in (model, predictor):
        monkeypatch.setattr(where, "load_model", lambda *_, **__: stand_in)
    monkeypatch.setattr(detection, "own_detector", filmed.Squares)
    return folder


def said(capsys, main, *arguments):
    code = main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out + err


@pytest.mark.slow
def test_what_is_learned_is_tested_and_spots_in_predictions(run, sets, capsys):
    taught, tested = sets
    given = (f"--workdir={run}", f"--videos={taught}", f"--test={tested}")
    code, told = said(capsys, command.main, *given)
    assert code == 0 and "4 GENERATED recordings of 4 people" in told
    held = json.loads((run / learned.FILE).read_text())
    assert held["fitted"]["auc"] > 0.95 and held["trained"]["seed"] == 1
    assert held["tested"][0] == 0 and held["tested"][4] == 1 and held["tested"][7] == 2
    kept = weighted(run)
    result = predict(kept, tested / "v1.mkv", spotter="learned", detector=filmed.Squares())
    (face,) = result.faces
    (found,) = face.intervals
    assert abs(found.onset + 1 - ONSET - 1) <= 3 and abs(found.offset + 1 - OFFSET - 1) <= 3
    assert face.of_intervals[0].first == found.onset
    assert face.signal[found.apex] == pytest.approx(found.score) and face.signal[5] < 0.5
    assert "on 2 GENERATED videos" in result.about.false_alarms
    neutral = predict(kept, tested / "v3.mkv", spotter="learned", detector=filmed.Squares())
    assert neutral.faces[0].intervals == ()


@pytest.mark.slow
def test_a_spotter_of_other_weights_or_damaged_is_refused(run, sets, capsys):
    given = (f"--workdir={run}", f"--videos={sets[0]}")
    code, told = said(capsys, command.main, *given)
    assert code == 0 and "has NOT been measured" in told
    clip = sets[1] / "v0.mkv"
    for changes, words in (
        ({"weight": 2.0}, "from other weights"),
        ({"about": about(run=run, temperature=9.0)}, "give the same --calibrate"),
    ):
        other = weighted(run, **changes)
        with pytest.raises(UserError, match=words):
            predict(other, clip, spotter="learned", detector=filmed.Squares())
    text = (run / learned.FILE).read_text()
    for bad in (
        text[:99],
        text.replace('"bias"', '"bis"'),
        "[]",
        text.replace('"scale": [', '"scale": [1,'),
    ):
        (run / learned.FILE).write_text(bad)
        with pytest.raises(UserError, match="is damaged"):
            learned.read(weighted(run))


def test_bad_input_is_one_sentence(run, sets, tmp_path, capsys):
    taught, tested = sets
    few = recordings(tmp_path / "few", 2)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "a.mkv").write_bytes((few / "v0.mkv").read_bytes())
    for given, words in (
        ((), "there is no --videos"),
        ((f"--videos={taught}", f"--test={taught}"), "which is learned from"),
        ((f"--videos={taught}", "--most=0"), "--most is 0"),
        ((f"--videos={taught}", "--rate=-1"), "--rate is -1"),
        ((f"--videos={tmp_path / 'bare'}",), "has no intervals.csv"),
        ((f"--videos={tmp_path / 'absent'}",), "is no folder"),
        ((f"--videos={few}",), "2 of 2 people show a micro-expression"),
        ((f"--test={tested}",), "has no learned spotter"),
        ((f"--videos={taught}", f"--test={few}"), "the same people"),
    ):
        code, told = said(capsys, command.main, f"--workdir={run}", *given)
        errors = [line for line in told.splitlines() if line.startswith("error")]
        assert code == 2 and len(errors) == 1, told
        assert words in " ".join(told.split()), told
    with pytest.raises(UserError, match="recordings with expressions of 0 people"):
        figures([], [], [])
    out = (f"--out={tmp_path / 'out'}", "--spot=learned", tested / "v0.mkv")
    code, told = said(capsys, predict_command.main, f"--workdir={tmp_path}", *out)
    assert code == 2 and "python -m mol_jax.learned --workdir=" in told


@pytest.mark.slow
def test_noise_is_at_chance_with_people_left_out():
    rng = np.random.default_rng(0)
    people = np.repeat(list("abcdef"), 60)
    of_person = np.repeat(rng.normal(size=(6, 20)), 60, axis=0)
    true = rng.random(360) < np.repeat(rng.uniform(0.1, 0.5, 6), 60)
    found = fitting.fit(Taught(of_person + 0.1 * rng.normal(size=(360, 20)), true, people))
    low, high = found.figures["auc_ci95"]
    assert low < found.figures["auc"] < high and found.figures["auc"] < 0.6
    assert found.figures["f1"] < found.figures["f1_if_always"] + 0.05


def test_the_threshold_is_that_of_the_best_f1():
    chances = np.array([0.9, 0.8, 0.8, 0.3, 0.2])
    assert fitting.best(chances, np.array([1, 1, 0, 1, 0], bool)) == 0.3
    assert fitting.best(chances, np.array([1, 1, 0, 0, 0], bool)) == 0.8


def test_an_interval_ends_where_the_probability_falls_below_the_threshold():
    times = np.arange(60) / 30
    signal = np.zeros(60)
    signal[10:20], signal[14] = 0.6, 0.9  # 0.3 s
    signal[30:32] = 0.8  # too short
    signal[36:60] = 0.7  # too long
    (found,) = learned_watch.intervals(signal, times, 0.5)
    assert (found.onset, found.apex, found.offset, found.score) == (10, 14, 19, 0.9)
    assert learned_watch.intervals(signal, times, 0.95) == ()
