from pathlib import Path

import pytest

from data_builders.affwild2 import layout
from mol_jax.errors import UserError


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


@pytest.mark.parametrize(
    "track",
    [
        "annotations/EXPR_Set",
        "Third ABAW Annotations/EXPR_Classification_Challenge",
        "5th_ABAW_Annotations/EXPR_Classification_Challenge",
        "6th ABAW Annotations/EXPR_Recognition_Challenge",
        "Aff-Wild2/6th ABAW Annotations/6th ABAW Annotations/EXPR_Recognition_Challenge",
        "EXPR_Set/EXPR_Set",
        "expr-set",
        "",
    ],
)
@pytest.mark.parametrize("train", ["Train_Set", "Training_Set", "training set"])
def test_the_labels_of_every_release_are_found(tmp_path, monkeypatch, track, train):
    root = tmp_path / "EXPR_Set"  # also the source itself may be the track
    put(root / track, f"{train}/a.txt", "Validation_Set/b.txt")
    put(root, "VA_Set/Training_Set/a.txt", "__MACOSX/EXPR_Set/Train_Set/._a.txt")
    assert layout.label_folder(root) == root / track
    assert set(layout.split_folders(root / track)) == {"train", "validation"}
    monkeypatch.chdir(root)
    assert layout.label_folder(Path(".")).resolve() == root / track


def test_a_split_may_lie_in_a_folder_of_its_name(tmp_path):
    put(tmp_path, "EXPR_Set/Train_Set/Train_Set/a.txt", "EXPR_Set/Validation_Set/b.txt")
    assert layout.split_folders(tmp_path / "EXPR_Set") == {
        "train": tmp_path / "EXPR_Set/Train_Set/Train_Set",
        "validation": tmp_path / "EXPR_Set/Validation_Set",
    }


def test_labels_of_two_releases_are_refused(tmp_path):
    for release in ("annotations/EXPR_Set", "6th ABAW Annotations/EXPR_Recognition_Challenge"):
        put(tmp_path, f"{release}/Validation_Set/a.txt")
    with pytest.raises(UserError, match=r"expression labels twice, .*keep those of one release"):
        layout.label_folder(tmp_path)


def test_two_folders_of_one_split_are_refused(tmp_path):
    put(tmp_path, "EXPR_Set/Train_Set/a.txt", "EXPR_Set/Training_Set/b.txt")
    with pytest.raises(UserError, match="are folders of one split, expected one"):
        layout.label_folder(tmp_path)


def test_no_labels(tmp_path):
    put(tmp_path, "VA_Set/Train_Set/a.txt", "cropped_aligned/a/00001.jpg")
    with pytest.raises(UserError, match=r"no expression labels, expected annotations/EXPR_Set/"):
        layout.label_folder(tmp_path)


def test_only_the_suffix_goes_from_a_name(tmp_path):
    put(tmp_path, "134-30-1280x720.txt", "a.b_left.TXT", ".hidden.txt", "notes.csv", "d.txt/x")
    names = [layout.video_name(file) for file in layout.label_files(tmp_path)]
    assert names == ["134-30-1280x720", "a.b_left"]


@pytest.mark.parametrize(
    ("video", "source"),
    {"v5_left": "v5", "v5_RIGHT": "v5", "v5": "v5", "left": "left", "_left": "_left"}.items(),
)
def test_two_people_in_one_video_have_one_source(video, source):
    assert layout.source_video(video) == source


@pytest.mark.parametrize(
    ("video", "source"),
    {
        "video86_1": "video86",
        "Video86_12": "Video86",
        "video86_2_left": "video86",
        "video86_1_left_right": "video86_1_left",
        "video86": "video86",
        "video86_": "video86_",
        "video86_1_2": "video86_1_2",
        "video_1": "video_1",
        "134-30-1280x720": "134-30-1280x720",
        "134_1": "134_1",
        "my_video86_1": "my_video86_1",
    }.items(),
)
def test_numbered_parts_of_a_recording_have_one_source(video, source):
    assert layout.source_video(video) == source


@pytest.mark.parametrize("nested", ["", "cropped_aligned/", "x/cropped_aligned/"])
def test_both_roots_of_images_are_searched(tmp_path, nested):
    below = "cropped_aligned/" + nested.removeprefix("x/")
    first = tmp_path / ("x/" if nested.startswith("x") else "") / below
    put(first, "V1/00001.jpg", "v2_left/00001.jpg", ".DS_Store", "Thumbs.db")
    second = tmp_path / "cropped_aligned_new_50_vids"
    put(second, "cropped_aligned_new_50_vids/v3/00001.jpg")
    (first / "empty").mkdir()
    assert layout.image_folders(tmp_path) == {
        "v1": first / "V1",
        "v2_left": first / "v2_left",
        "v3": second / "cropped_aligned_new_50_vids/v3",
    }


def test_other_crops_and_videos_are_no_images(tmp_path):
    put(tmp_path, "cropped/v1/00001.jpg", "batch1/v1.mp4", "__MACOSX/cropped_aligned/v/._00001.jpg")
    with pytest.raises(UserError, match=r"holds no aligned images, expected cropped_aligned/<vid"):
        layout.image_folders(tmp_path)


def test_two_folders_of_one_video_are_refused(tmp_path):
    put(tmp_path, "cropped_aligned/v1/1.jpg", "cropped_aligned_new_50_vids/V1/1.jpg")
    with pytest.raises(UserError, match="hold the images of one video, expected one folder"):
        layout.image_folders(tmp_path)
