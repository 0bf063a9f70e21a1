"""Where predictions go: nothing of anybody's is written over."""

from pathlib import Path

import pytest

from mol_jax.errors import UserError
from mol_jax.predicting.places import clear, folders

RUN = Path("runs/none")


def test_one_recording_goes_into_out_and_several_each_into_a_folder_of_its_own(tmp_path):
    out = tmp_path / "out"
    assert folders(out, [tmp_path / "a.mp4"], RUN, ()) == [out]
    several = [tmp_path / "a.mp4", tmp_path / "b" / "A.mov", tmp_path / "c: d?.mp4", 0]
    assert folders(out, several, RUN, ()) == [
        out / "a",
        out / "A_2",
        out / "c_ d_",
        out / "camera0",
    ]


def test_an_earlier_prediction_may_be_made_again(tmp_path):
    for name in ("summary.json", "predictions.csv", "video.mp4"):
        (tmp_path / name).touch()
    assert folders(tmp_path, [0], RUN, ("video.mp4",)) == [tmp_path]


def test_pictures_of_an_earlier_prediction_do_not_stay_beside_the_next(tmp_path):
    (tmp_path / "figures").mkdir()
    for name in ("summary.json", "video.mp4", "figures/face0_interval9.png", "figures/own.png"):
        (tmp_path / name).touch()
    clear(tmp_path, ("video.mp4", "figures", "report.html"))
    assert {path.name for path in tmp_path.rglob("*.*")} == {"summary.json", "own.png"}


def test_what_is_no_prediction_is_left_alone(tmp_path):
    (tmp_path / "predictions.csv").touch()  # anybody's: no summary is beside it
    with pytest.raises(UserError, match=r"holds predictions\.csv, which no earlier prediction"):
        folders(tmp_path, [0], RUN, ())
    (tmp_path / "summary.json").touch()
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UserError, match=r"holds thesis\.tex, which no earlier prediction"):
        folders(tmp_path, [0], RUN, ())
    with pytest.raises(UserError, match=r"thesis\.tex is a file; name a folder"):
        folders(tmp_path / "thesis.tex" / "out", [0], RUN, ())


def test_faces_do_not_get_in_among_the_files_of_a_run(tmp_path):
    (tmp_path / "config.json").touch()
    with pytest.raises(UserError, match="a run's folder"):
        folders(tmp_path / "out", [0], RUN, ())
