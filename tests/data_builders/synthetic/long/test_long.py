"""Long videos: what happens in them, that the truth is the truth, and what is refused."""

import csv
import itertools
import json

import numpy as np
import pytest

from data_builders.synthetic.endless.draws import CLIP, Draws
from data_builders.synthetic.long.__main__ import main
from data_builders.synthetic.long.course import SYLLABLE, draw_long_course, level_of
from data_builders.synthetic.long.events import GAP, LASTS, MACRO, MICRO, TALK, Mix, draw_events
from data_builders.synthetic.long.writing import Set
from data_builders.video import pictures

MIX = Mix()
TINY = Set(videos=1, neutral=1, seconds=2.0, rate=15.0, size=96, seed=3)


def draws(number=0):
    return Draws(0, CLIP, number)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A set of one video with expressions and one neutral, of two seconds each."""
    out = tmp_path_factory.mktemp("long") / "set"
    flags = ["--videos=1", "--neutral=1", "--seconds=2", "--rate=15", "--size=96", "--seed=3"]
    assert main([f"--out={out}", *flags, "--workers=1"]) == 0
    return out


def test_expressions_keep_apart_and_last_as_long_as_their_kind():
    seen = set()
    for number in range(40):
        events = draw_events(draws(number), 20.0, MIX)
        for one, other in itertools.pairwise(events):
            assert other.onset - one.offset >= GAP
        for event in events:
            low, high = LASTS[event.kind]
            assert low <= event.offset - event.onset <= high
            assert event.onset < event.apex < event.offset <= 20.0
            assert (event.emotion == "") == (event.kind == TALK)
        seen |= {event.kind for event in events}
        assert any(event.kind == MICRO for event in events)
    assert seen == {MICRO, MACRO, TALK}


def test_a_neutral_video_has_speech_and_no_expression():
    kinds = {e.kind for n in range(20) for e in draw_events(draws(n), 20.0, MIX.neutral())}
    assert kinds == {TALK}


def test_an_expression_is_at_rest_at_its_ends_and_whole_at_its_apex():
    for number in range(10):
        for event in draw_events(draws(number), 20.0, MIX):
            if event.kind == TALK:
                continue
            ends = np.array([event.onset, event.offset, event.onset - 1, event.offset + 1])
            assert level_of(event, ends) == pytest.approx(0, abs=1e-9)
            assert level_of(event, np.array([event.apex])) == pytest.approx(1)
            assert level_of(event, np.linspace(event.onset, event.offset, 99)).max() <= 1


def test_the_muscles_are_still_where_nothing_is_shown():
    times = np.arange(600) / 30
    events = draw_events(draws(1), times[-1], MIX)
    course = draw_long_course(draws(1), events, times, MIX)
    quiet = np.ones(len(times), bool)
    for event in events:
        last = SYLLABLE[1] if event.kind == TALK else 0.0
        quiet &= (times <= event.onset) | (times >= event.offset + last)
    assert quiet.sum() > 100
    assert np.abs(course.levels[quiet]).max() < 1e-6
    assert course.levels.max() == pytest.approx(1)
    assert 0.5 < course.blink.max() <= 1
    assert np.ptp(course.light) > 0.005
    assert np.ptp(course.drift[:, :3]) > 0.01


def test_the_tables_name_every_video_and_every_interval(written):
    videos = list(csv.DictReader((written / "videos.csv").open()))
    assert [(row["video"], row["neutral"]) for row in videos] == [
        ("long_0001", "0"),
        ("long_0002", "1"),
    ]
    assert float(videos[0]["seconds"]) == 2.0
    lines = list(csv.DictReader((written / "intervals.csv").open()))
    assert {row["video"] for row in lines} == {"long_0001"}
    events = [e for e in TINY.plan(0).events if e.kind != TALK]
    assert [int(row["onset"]) for row in lines] == [round(e.onset * 15) + 1 for e in events]
    assert json.loads((written / "GENERATED.json").read_text())["seed"] == 3


def test_a_video_holds_the_frames_that_were_drawn_pixel_by_pixel(written):
    frames = list(
        pictures.read_frames(list(pictures.index_video(written / "long_0001.mkv").values()))
    )
    drawn = list(TINY.plan(0).frames())
    assert len(frames) == 30
    np.testing.assert_array_equal(np.stack(frames), np.stack(drawn))


def test_landmarks_are_exact_and_move_most_at_the_apex(written):
    with np.load(written / "long_0001.npz") as truth:
        points, levels, drift = truth["landmarks"], truth["levels"], truth["drift"]
    assert points.shape == (30, 68, 2)
    assert 0 < points.min() < points.max() < 96
    np.testing.assert_array_equal(points, TINY.plan(0).landmarks)
    assert levels.max() > 0
    assert drift.shape == (30, 6)


@pytest.mark.slow
def test_a_video_is_the_same_however_many_there_are():
    more = Set(videos=3, neutral=0, seconds=2.0, rate=15.0, size=96, seed=3)
    one, other = TINY.plan(0), more.plan(0)
    assert one.events == other.events
    np.testing.assert_array_equal(next(one.frames()), next(other.frames()))
    assert more.plan(1).events != other.events


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("--seconds=0.5", "seconds is 0.5; it must be from 2 to 600"),
        ("--rate=1000", "rate is 1000"),
        ("--size=10", "size is 10"),
        ("--videos=-1", "videos is -1"),
        ("--seed=-1", "seed is -1"),
        ("--seconds=nan", "seconds is nan"),
        ("--videos=many", "invalid int value"),
    ],
)
def test_bad_arguments_are_one_sentence(tmp_path, capsys, flag, words):
    assert main([f"--out={tmp_path / 'out'}", flag]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_nothing_to_write_and_a_folder_that_is_filled_are_refused(tmp_path, capsys):
    assert main([f"--out={tmp_path / 'out'}", "--videos=0", "--neutral=0"]) == 2
    assert "one of them must be 1 or more" in capsys.readouterr().err
    (tmp_path / "kept.txt").write_text("kept")
    assert main([f"--out={tmp_path}"]) == 2
    assert (tmp_path / "kept.txt").read_text() == "kept"
