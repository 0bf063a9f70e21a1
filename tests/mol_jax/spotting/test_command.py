"""The spotting command over a folder of recordings: what it writes, prints and refuses."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from data_builders.pixels import faces
from data_builders.synthetic.long.writing import write_lossless
from mol_jax.scoring.spotting.score import score
from mol_jax.scoring.spotting.table import Stretch
from mol_jax.spotting.__main__ import main
from mol_jax.spotting.page import omitted
from mol_jax.spotting.recordings import Face, Recording, find
from mol_jax.spotting.settings import USUAL
from mol_jax.spotting.study import Found, left_out, spots
from tests.mol_jax.spotting.moving import SIDE, bump, landmarks, recording

TRUTH = "video,subject,kind,onset,offset\nsmile,p,micro,24,36\n"  # numbers of the frames, from 1 on


class StandIn:
    """Finds the face of `moving` where a picture is as large as that, and none elsewhere."""

    def __init__(self, predictor=None):
        pass

    def __call__(self, image):
        shown = image.shape == (SIDE, SIDE) and image.std() > 1
        return landmarks().astype(np.float32) if shown else None


@pytest.fixture(autouse=True)
def detector(monkeypatch):
    monkeypatch.setattr(faces, "DlibDetector", StandIn)


@pytest.fixture(scope="module")
def frames():
    return recording(60, mouth=bump(0.97, 0.4, 3.0))[0]


@pytest.fixture
def folder(tmp_path, frames):
    """Two recordings: a folder of images of a smile, and a video in which nothing moves."""
    images = tmp_path / "videos" / "smile"
    images.mkdir(parents=True)
    for number, frame in enumerate(frames, start=1):
        cv2.imwrite(str(images / f"img{number}.png"), frame)
    write_lossless(tmp_path / "videos" / "still.mkv", frames[:1].repeat(20, axis=0), 30.0, SIDE)
    (tmp_path / "truth.csv").write_text(TRUTH)
    return tmp_path


def run(folder, *more, method="flow"):
    flags = [f"--videos={folder / 'videos'}", f"--out={folder / 'out'}", f"--method={method}"]
    return main([*flags, *more])


def test_it_writes_intervals_scores_a_picture_and_a_page(folder, capsys):
    assert run(folder, "--rate=30", f"--truth={folder / 'truth.csv'}") == 0
    said, out = capsys.readouterr().out, folder / "out"
    (line,) = list(csv.DictReader((out / "spotted.csv").open()))
    assert line["video"] == "smile"
    assert (int(line["onset"]), int(line["offset"])) == pytest.approx((25, 36), abs=3)
    assert int(line["onset"]) < int(line["apex"]) < int(line["offset"])
    scores = json.loads((out / "scores.json").read_text())
    assert (scores["tp"], scores["fp"], scores["fn"]) == (1, 0, 0)
    assert scores["false_per_minute"] == 0
    assert (scores["method"], scores["settings"]["factor"]) == ("flow", USUAL.factor)
    assert scores["left_out"] == {"true": 0, "recordings": 0}
    durations = {
        row["video"]: float(row["seconds"])
        for row in csv.DictReader((out / "durations.csv").open())
    }
    assert durations == {"smile": pytest.approx(2.0), "still": pytest.approx(20 / 30, abs=0.01)}
    page = (out / "spotting.md").read_text()
    assert "false alarms a minute" in page, "what is known of the method stands with every result"
    assert "false alarms a minute" in said
    assert "not lie detection" in said
    picture = cv2.imread(str(out / "figures" / "spotting.png"))
    assert picture.std() > 5
    assert "data:image/png" in (out / "spotting.html").read_text()


@pytest.mark.slow
def test_false_alarms_on_neutral_recordings_are_told_and_generated_faces_marked(folder, capsys):
    videos = folder / "videos"
    (videos / "videos.csv").write_text("video,subject,neutral\nsmile,p,1\nstill,q,1\n")
    (videos / "GENERATED.json").write_text("{}")
    assert run(folder, "--rate=30") == 0
    said = capsys.readouterr().out
    assert "False alarms on neutral recordings: 22.50 a minute** (1 in 0.0 minutes" in said
    assert "GENERATED FACES" in said
    assert not (folder / "out" / "scores.json").exists()


@pytest.mark.slow
def test_a_recording_without_a_face_is_told_of_and_the_others_are_read(folder, capsys):
    blank = np.zeros((3, SIDE, SIDE), np.uint8)
    write_lossless(folder / "videos" / "dark.mkv", blank, 30.0, SIDE)
    assert run(folder, "--rate=30") == 0
    said = capsys.readouterr().out
    assert "dark: not read" in said
    assert "no face in any of 3 frames" in said


def test_recordings_may_lie_in_folders_by_subject(tmp_path, frames):
    for subject, names in {"s1": ("a", "b"), "s2": ("c",)}.items():
        for name in names:
            (tmp_path / subject / name).mkdir(parents=True)
            cv2.imwrite(str(tmp_path / subject / name / "1.png"), frames[0])
    found = find(tmp_path, 30.0)
    assert [(one.name, one.subject) for one in found] == [("a", "s1"), ("b", "s1"), ("c", "s2")]
    (tmp_path / "s2" / "c").rename(tmp_path / "s2" / "a")
    assert [one.name for one in find(tmp_path, 30.0)] == ["s1/a", "s1/b", "s2/a"]


def test_the_truth_says_who_is_in_a_recording_that_does_not_and_what_is_not_read_is_counted():
    face = Face(np.zeros((0, 1, 1)), np.zeros((3, 68, 2)), np.arange(3.0), np.arange(3))
    found = [
        *(Found(Recording(name, Path(name)), face) for name in ("a", "b", "c")),
        Found(Recording("dark", Path("dark")), skipped="no face"),
    ]
    true = [Stretch(name, 0, 1, who, "micro") for name, who in zip("abc", "ppq", strict=True)]
    true += [Stretch("dark", 0, 1, "q", "micro"), Stretch("dark", 3, 4, "q", "macro")]
    scored = score(spots(found, true))
    assert (scored["by"], scored["n_people"], scored["n_videos"]) == ("subject", 2, 3)
    assert left_out(found, true) == {"true": 1, "recordings": 1}
    said = omitted({"left_out": left_out(found, true)})
    assert said == "**1 true interval of 1 recording not read: in no score below.**"


def test_a_table_of_videos_says_which_are_neutral(folder):
    table(folder, "video,subject,neutral\nstill,p,TRUE\nsmile,p,no\n")
    assert [one.neutral for one in find(folder / "videos", 30.0)] == [True, False]
    alone(folder, "smile")
    (folder / "videos" / ".cache" / "x").mkdir(parents=True)
    (folder / "videos" / ".cache" / "x" / "1.png").touch()
    (folder / "videos" / "notes").mkdir()
    assert [one.name for one in find(folder / "videos", 30.0)] == ["smile"]


def alone(folder, name):
    """Leaves one recording in the folder."""
    for path in (folder / "videos").iterdir():
        if path.name != name:
            path.rename(folder / path.name)


def cut(folder):
    alone(folder, "still.mkv")
    path = folder / "videos" / "still.mkv"
    path.write_bytes(path.read_bytes()[:200])


def table(folder, text):
    (folder / "videos" / "videos.csv").write_text(text)


BAD = {
    "no folder": (lambda f: (f / "videos").rename(f / "gone"), [], "is no folder"),
    "nothing in it": (lambda f: alone(f, ""), [], "holds no video and no folder of images"),
    "no rate": (lambda f: alone(f, "smile"), [], "give --rate, frames a second"),
    "a rate of 0": (None, ["--rate=0"], "--rate is 0; expected frames a second, above 0"),
    "a damaged file": (cut, [], "none of the recordings could be read"),
    "a truth of others": (
        lambda f: (f / "truth.csv").write_text(TRUTH.replace("smile", "other")),
        ["--rate=30", "--truth={}/truth.csv"],
        "the truth is of other, which is no recording here",
    ),
    "no truth there": (None, ["--truth={}/none.csv"], "none.csv"),
    "a config and a method": (None, ["--config=x.py"], "leave one of them out"),
    "a method of no kind": (None, ["--method=wave"], "invalid choice: 'wave'"),
    "out is a file": (lambda f: (f / "out").write_text(""), [], "a file: name a folder"),
    "a table of what is not there": (lambda f: table(f, "video\nx\n"), [], "which is 0 files here"),
    "a table with one twice": (
        lambda f: table(f, "video\nstill\nstill\n"),
        [],
        "still a second time, expected each recording once",
    ),
    "a table of a place": (lambda f: table(f, "video\n/etc/a\n"), [], "got /etc/a, expected the"),
    "a table of elsewhere": (lambda f: table(f, "video\n../out\n"), [], "in this folder"),
    "neutral of no kind": (
        lambda f: table(f, "video,neutral\nstill,perhaps\n"),
        [],
        "got 'perhaps', expected 1 or 0",
    ),
    "out in the videos": (None, ["--out={}/videos/out"], "in --videos"),
    "a table without names": (lambda f: table(f, "name\nx\n"), [], "no column video"),
}


@pytest.mark.parametrize(("spoil", "flags", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_one_sentence(folder, capsys, spoil, flags, words):
    if spoil:
        spoil(folder)
    assert run(folder, *(flag.format(folder) for flag in flags)) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not (folder / "out" / "spotted.csv").exists()
