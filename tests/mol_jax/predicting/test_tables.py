"""Tables and JSON of a result: what stands in them, and the words."""

import csv
import dataclasses
import json

import numpy as np
import pytest

from mol_jax.predicting import tables, told, words
from mol_jax.predicting.result import Face, Recording, Result, Window
from mol_jax.spotting.interval import Interval
from tests.mol_jax.predicting.about import about


def window(first, last, chances=(0.2, 0.5, 0.3), flow=True):
    return Window(
        first=first,
        last=last,
        sampled=np.array([first, last]),
        probabilities=None if chances is None else np.float32(chances),
        spread=None if chances is None else np.float32((0.1, 0.2, 0.1)),
        to_crop=np.repeat([np.eye(2, 3)], 2, axis=0),
        mean_flow=5.0 if flow else None,
    )


@pytest.fixture
def result(tmp_path):
    times = np.arange(10) / 10
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 90, (8, 68, 2)).astype(np.float32)
    found = np.arange(8) != 3
    face = Face(0, np.arange(2, 10), points, found, (window(2, 5), window(4, 9, flow=False)))
    spotted = (Interval(4, 6, 8, 2.5),)
    more = {"signal": np.zeros(8, np.float32), "of_intervals": (window(4, 8, (0.7, 0.2, 0.1)),)}
    other = Face(1, np.arange(10), np.zeros((10, 68, 2), np.float32), np.ones(10, bool), ())
    faces = (Face(**vars(face) | more | {"intervals": spotted}), other)
    recording = Recording(tmp_path / "a.mp4", times, (640, 480), ("it is odd",))
    return Result(about(generated=True), recording, faces, 0.5, 0.25, 3.25)


def test_a_row_for_each_window_and_interval_with_its_times_and_chances(result, tmp_path):
    written = tables.write(result, tmp_path / "out", {"faces": 1.23456})
    assert [path.name for path in written] == ["predictions.csv", "landmarks.csv", "summary.json"]
    with written[0].open() as file:
        first, second, spotted = csv.DictReader(file)
    assert (first["kind"], spotted["kind"]) == ("window", "interval")
    assert (first["start"], first["end"], first["pred"]) == ("0.200", "0.500", "positive")
    assert float(first["mean_flow_crop_px"]) == 5 and second["mean_flow_crop_px"] == ""
    assert (spotted["start"], spotted["apex"], spotted["end"]) == ("0.400", "0.600", "0.800")
    assert (spotted["p_negative"], spotted["score"]) == ("0.7000", "2.500")
    assert {row["model_saw"] for row in (first, second, spotted)} == {"GENERATED FACES ONLY"}


def test_landmarks_stand_by_frame_and_time(result, tmp_path):
    tables.write(result, tmp_path, {})
    with (tmp_path / "landmarks.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 18 and len(rows[0]) == 4 + 136
    assert [row["frame"] for row in rows[:3]] == ["2", "3", "4"]
    assert rows[3]["found"] == "0" and rows[3]["time"] == "0.5000"
    assert float(rows[1]["y67"]) == pytest.approx(result.faces[0].landmarks[1, 67, 1], abs=0.006)


def test_landmarks_that_glide_over_where_the_face_was_away_are_no_rows(result, tmp_path):
    face = dataclasses.replace(result.faces[0], stretches=((0, 2), (5, 7)))
    tables.write(dataclasses.replace(result, faces=(face,)), tmp_path, {})
    with (tmp_path / "landmarks.csv").open() as file:
        rows = [(row["frame"], row["found"]) for row in csv.DictReader(file)]
    assert rows == [("2", "1"), ("3", "1"), ("4", "1"), ("7", "1"), ("8", "1"), ("9", "1")]


def test_the_summary_has_the_words_the_run_and_each_interval(result, tmp_path):
    tables.write(result, tmp_path, {"faces": 1.23456})
    found = json.loads((tmp_path / "summary.json").read_text())
    assert found["words"] == list(words.lines(result.about)) and found["mark"]
    assert found["run"]["score"] == result.about.score
    assert found["recording"]["notes"] == ["it is odd"] and found["seconds"] == {"faces": 1.235}
    first, second = found["faces"]
    (spotted,) = first["intervals"]
    assert spotted["pred"] == "negative" and spotted["start"] == pytest.approx(0.4)
    assert second["intervals"] is None and second["mean_of_windows"] is None
    assert first["mean_of_windows"]["positive"] == pytest.approx(0.5)


def test_what_is_printed_has_the_notes_the_intervals_the_factor_and_the_words(result, tmp_path):
    said = told.text(result, [tmp_path / "predictions.csv"])
    for phrase in (
        "10 frames in 0.90 s, 640x480 px",
        "note: it is odd",
        "0.40 to 0.80 s: negative 70 %",
        "face 1, 0.00 to 0.90 s: 0 windows, nothing was spotted for",
        "3.2 times as long as the recording",
        "Not lie detection",
        "predictions.csv",
    ):
        assert phrase in said, phrase


def test_a_network_that_does_not_classify_leaves_its_cells_empty(result, tmp_path):
    face = Face(**vars(result.faces[0]) | {"windows": (window(2, 5, None),), "of_intervals": ()})
    face = Face(**vars(face) | {"intervals": ()})
    tables.write(Result(**vars(result) | {"faces": (face,)}), tmp_path, {})
    with (tmp_path / "predictions.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert row["pred"] == row["p_negative"] == row["sd_surprise"] == ""
