"""From labels.csv to records, through the command's own function and a stub detector."""

import functools

import numpy as np
import pytest

from data_builders import build as build_module
from data_builders.build import build, main
from data_builders.records.load import open_dataset
from data_builders.views.find import get_view
from mol_jax.errors import UserError
from tests.data_builders import made_videos
from tests.data_builders.conftest import FixedDetector
from tests.data_builders.diagnosis.conftest import Report
from tests.data_builders.folder.conftest import write_video

CONFIG = "t2_s72_clip"


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "deep" / "tfds"


@pytest.fixture
def quick(recordings, data_dir):
    options = {"data_dir": data_dir, "frames": 2, "size": 72, "workers": 1}
    return functools.partial(
        build, "folder", recordings.root, **options, make_detector=FixedDetector
    )


def test_records_of_a_video_and_of_a_folder(quick, recordings, data_dir):
    write_video(recordings.root / "unnamed.avi")
    metadata = quick().metadata
    first, second = open_dataset("folder", data_dir, CONFIG)[0]
    assert (first["clip"], first["person"], first["emotion"]) == ("s1/a", "folder/1", "happy")
    np.testing.assert_array_equal(first["frame_numbers"], range(1, 13))
    np.testing.assert_array_equal(first["sampled"], [0, 5])  # onset and middle
    np.testing.assert_array_equal(second["frame_numbers"], range(6, 11))
    np.testing.assert_array_equal(second["sampled"], [0, 2])  # onset and apex
    means = first["frames"].astype(float).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(np.diff(means), 6, atol=1)  # as drawn, frame after frame
    assert metadata["dataset"] == "folder" and metadata["generated"] is False
    assert metadata["emotions"] == {"happy": 1, "sad": 1}
    assert metadata["annotation"]["file"] == "labels.csv"
    assert metadata["unannotated"] == ["unnamed.avi"]
    assert "frame n of a video is the n-th picture" in metadata["notes"][0]
    assert get_view("folder", "all").settle(metadata["emotions"]).classes == ("happy", "sad")


def test_a_table_beside_the_folder(quick, recordings, tmp_path):
    table = recordings.labels.rename(tmp_path / "Étiquettes.csv")
    built = quick(labels=table)
    assert built.metadata["annotation"]["file"] == "Étiquettes.csv"
    assert quick(labels=str(table)).seconds is None


@pytest.mark.slow
def test_labels_that_changed_are_not_taken_for_those_built(quick, recordings):
    quick()
    assert quick().seconds is None
    recordings.write("1,s1/a.avi,angry,,,", "2,s2/b,sad,6,8,10")
    with pytest.raises(UserError, match=r"was built from another labels.csv or .* --overwrite"):
        quick()
    assert quick(overwrite=True).metadata["emotions"] == {"angry": 1, "sad": 1}


def test_a_damaged_video_leaves_nothing(quick, recordings, data_dir):
    file = recordings.root / "s1" / "a.avi"
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(UserError, match=r"labels.csv, line 2: .*a.avi is"):
        quick()
    assert not data_dir.parent.exists()


@pytest.mark.parametrize("fault", ["cut", "zeroed", "empty at first"])
def test_the_doctor_refuses_a_video_in_the_words_of_the_build(quick, recordings, fault):
    file = recordings.root / "s1" / "a.avi"
    data = bytearray(file.read_bytes())
    if fault == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif fault == "zeroed":
        file.write_bytes(data[: len(data) // 2] + bytes(2000) + data[len(data) // 2 + 2000 :])
    else:
        made_videos.write_avi(file, [None, 2, 3])
    with pytest.raises(UserError, match=r"labels.csv, line 2: .*a.avi ") as refused:
        quick()
    report = Report("folder", recordings.root)
    assert report.code == 2 and report.lines[-1].strip().startswith("cannot be built: 1 fault")
    assert str(refused.value) in report.of("bad")


def test_labels_are_for_this_dataset_only(recordings, data_dir):
    with pytest.raises(UserError, match="--labels is for folder: casme2 has an annotation"):
        build("casme2", recordings.root, data_dir=data_dir, labels=recordings.labels)


def test_a_folder_without_labels_is_refused(quick, recordings, data_dir):
    recordings.labels.unlink()
    with pytest.raises(UserError, match=r"no table of labels .*labels.csv: --labels names a CSV"):
        quick()
    assert not data_dir.parent.exists()


def test_command_line(recordings, data_dir, monkeypatch, capsys):
    stub = functools.partial(build, make_detector=FixedDetector)
    monkeypatch.setattr(build_module, "build", stub)
    command = ["folder", f"--source={recordings.root}", f"--data_dir={data_dir}", "--size=72"]
    command += ["--frames=2", "--workers=1"]
    assert main([*command, "--labels=labels.csv"]) == 0
    assert "folder: 2 clips of 2 subjects, 17 frames read" in capsys.readouterr().out
    assert main([*command, "--labels=absent.csv"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("error: there is no table of labels absent.csv")
