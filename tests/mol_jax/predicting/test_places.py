"""Where predictions go: nothing of anybody's is written over."""

import json
import os
from pathlib import Path

import pytest

from mol_jax.errors import UserError
from mol_jax.predicting.places import clear, folders
from mol_jax.predicting.tables import identity_of

RUN = Path("runs/none")


def predicted_before(folder, source, *names):
    """Leaves what an earlier prediction of a recording would."""
    held = {"recording": {"identity": identity_of(source)}}
    (folder / "summary.json").write_text(json.dumps(held))
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()


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


def test_no_two_recordings_share_a_folder_whatever_they_are_called(tmp_path):
    sources = [tmp_path / str(k) / f"{name}.mp4" for k, name in enumerate(("a", "a", "A_2", "a"))]
    found = folders(tmp_path / "out", sources, RUN, ())
    assert [place.name for place in found] == ["a", "a_2", "A_2_2", "a_3"]


def test_an_earlier_prediction_may_be_made_again(tmp_path, monkeypatch):
    clip = tmp_path / "a.mp4"
    out = tmp_path / "out"
    out.mkdir()
    predicted_before(out, clip, "predictions.csv", "video.mp4", "figures/timeline.png")
    more = ("video.mp4", "figures")
    assert folders(out, [clip], RUN, more) == [out]
    monkeypatch.chdir(tmp_path)
    assert folders(out, [Path("a.mp4")], RUN, more) == [out]
    with pytest.raises(UserError, match=r"of another recording than .*b\.mp4, and it would be"):
        folders(out, [tmp_path / "b.mp4"], RUN, more)
    predicted_before(out, 0)
    with pytest.raises(UserError, match="of another recording than 0"):  # kept nowhere else
        folders(out, [0], RUN, more)


def test_one_that_was_killed_may_be_made_again(tmp_path):
    clip, more = tmp_path / "a.mp4", ("video.mp4", "figures")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".summary.json.partial").touch()
    assert folders(out, [clip], RUN, more) == [out]
    partial = (".landmarks.csv.partial", ".video.partial.mp4", "figures/.timeline.png.partial")
    predicted_before(out, clip, *partial)
    assert folders(out, [clip], RUN, more) == [out]
    clear(out, more)
    assert {path.name for path in out.rglob("*.*")} == {"summary.json"}


def test_tables_and_pictures_of_an_earlier_prediction_do_not_stay_beside_the_next(tmp_path):
    names = ("video.mp4", "landmarks.csv", "figures/face0_interval9.png", "figures/own.png")
    predicted_before(tmp_path, 0, *names)
    clear(tmp_path, ("video.mp4", "figures", "report.html"))
    assert {path.name for path in tmp_path.rglob("*.*")} == {"summary.json", "own.png"}


def test_a_folder_below_a_closed_one_is_no_traceback(tmp_path, monkeypatch):
    looked = os.stat

    def stat(path, **how):
        if "/closed/" in str(path):
            raise PermissionError(13, "Permission denied")
        return looked(path, **how)

    monkeypatch.setattr(os, "stat", stat)
    source = tmp_path / "closed" / "a.mp4"
    places = folders(tmp_path / "closed" / "out", [source, 0], RUN, ())
    assert [place.name for place in places] == ["a", "camera0"]


def test_what_is_no_prediction_is_left_alone(tmp_path):
    (tmp_path / "predictions.csv").touch()  # anybody's: no summary is beside it
    with pytest.raises(UserError, match=r"holds predictions\.csv, which no earlier prediction"):
        folders(tmp_path, [0], RUN, ())
    predicted_before(tmp_path, 0, "figures/own.png")
    with pytest.raises(UserError, match=r"holds figures/own\.png, which no earlier prediction"):
        folders(tmp_path, [0], RUN, ("figures",))
    (tmp_path / "figures/own.png").unlink()
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UserError, match=r"holds thesis\.tex, which no earlier prediction"):
        folders(tmp_path, [0], RUN, ("figures",))
    with pytest.raises(UserError, match=r"thesis\.tex is a file; name a folder"):
        folders(tmp_path / "thesis.tex" / "out", [0], RUN, ())


def test_faces_do_not_get_in_among_the_files_of_a_run(tmp_path):
    (tmp_path / "config.json").touch()
    with pytest.raises(UserError, match="a run's folder"):
        folders(tmp_path / "out", [0], RUN, ())
