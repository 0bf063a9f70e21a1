import json

import cv2
import pytest

from data_builders.affwild2 import annotation
from data_builders.affwild2.classes import EIGHT
from data_builders.affwild2.labels import read
from data_builders.synthetic.drawing.identity import draw
from data_builders.synthetic.look_alikes import affwild2, affwild2_video
from data_builders.synthetic.look_alikes.affwild2_video import MOST, face_number
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.writing import Quirks
from mol_jax.errors import UserError


def files(root):
    return {f.relative_to(root).as_posix(): f.read_bytes() for f in root.rglob("*") if f.is_file()}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return affwild2.write_tree(tmp_path_factory.mktemp("x") / "tree", faces=False)


@pytest.mark.parametrize("release", affwild2.RELEASES)
def test_a_release_has_its_folders_and_classes(tmp_path, release):
    made = affwild2.RELEASES[release]
    few = {"train": 1, "validation": 1, "blocks": 1}
    affwild2.write_tree(tmp_path / "x", release=release, **few, faces=False)
    (train,) = (tmp_path / "x" / made.track / made.train).iterdir()
    (validation,) = (tmp_path / "x" / made.track / "Validation_Set").iterdir()
    for file in (train, validation):
        assert read(file).classes == made.classes
        assert (tmp_path / "x/cropped_aligned" / file.stem / "00001.jpg").is_file()


def test_all_labels_are_there(root):
    damaged = ("video911", "912-30-1280x720", "video913")
    labelled = [f for f in root.glob("6th*/EXPR*/*/*.txt") if f.stem not in damaged]
    values = [read(file).values.tolist() for file in labelled]
    assert {value for labels in values for value in labels} == set(range(-1, 8))


def test_the_quirks_are_planted(root):
    found = files(root)
    images = {name for name in found if name.endswith(".jpg")}
    assert {
        "cropped_aligned/video901_left/00001.jpg",
        "cropped_aligned/video901_right/00001.jpg",
    } < images
    assert "cropped_aligned/903-30-1280x720/00009.jpg" in images
    assert "cropped_aligned/903-30-1280x720/00010.jpg" not in images
    assert any(name.startswith("cropped_aligned_new_50_vids/video907/") for name in images)
    assert any(name.startswith(f"cropped_aligned/{affwild2.TEST_VIDEO}/") for name in images)
    assert any(name.startswith("cropped_aligned/908.v2-25-854x480/") for name in images)
    assert {"cropped_aligned/Thumbs.db", "batch1/900-30-1280x720.mp4"} < set(found)
    assert "__MACOSX/cropped_aligned/900-30-1280x720/._00001.jpg" in found


@pytest.mark.parametrize(
    ("video", "said"),
    {
        "video911": "line 1 is 'valence,arousal'",
        "912-30-1280x720": "line 4 is '0.5', expected an integer",
        "video913": "line 4 is '9', expected an integer from -1 to 7",
    }.items(),
)
def test_label_files_that_cannot_be_used(root, video, said):
    (file,) = root.rglob(f"EXPR*/*/{video}.txt")
    with pytest.raises(UserError, match=said):
        read(file)


def test_the_tree_says_what_is_in_it_and_where_each_quirk_is(root):
    marker = json.loads((root / "GENERATED.json").read_text())
    assert (marker["layout"], marker["release"], marker["faces"]) == ("affwild2", "abaw6", False)
    clips = annotation.annotate(root, "affwild2").clips
    assert marker["clips"] == len(clips)
    assert marker["subjects"] == len({clip.subject for clip in clips})
    names = {file.stem for file in root.rglob("EXPR*/*/*.txt")}
    places = {place for found in marker["quirks"].values() for place in found}
    assert all(place in names or (root / place).exists() for place in places)
    assert marker["quirks"]["video in both splits"] == ["915-30-1280x720"]
    assert len(list(root.rglob("EXPR*/*/915-30-1280x720.txt"))) == 2


def test_without_quirks_every_video_is_as_it_should_be(tmp_path):
    root = affwild2.write_tree(tmp_path / "x", blocks=1, faces=False, quirks=False)
    source = annotation.annotate(root, "affwild2")
    assert len({clip.subject for clip in source.clips}) == affwild2.TRAIN + 3
    assert not source.skipped and not source.unannotated
    assert json.loads((root / "GENERATED.json").read_text())["quirks"] == {}


@pytest.mark.slow
def test_processes_write_the_same_files(tmp_path):
    few = {"train": 4, "validation": 2, "blocks": 1, "block": 10, "faces": False}
    one, two = (affwild2.write_tree(tmp_path / str(n), **few, workers=n) for n in (1, 2))
    assert files(one) == files(two)


def test_nobody_is_shown_twice_but_in_parts_of_one_recording(root):
    seeds, people = (0, 1, 2**32), range(2 * MOST + 1)
    own = {face_number(seed, person) for seed in seeds for person in people}
    assert len(own) == len(seeds) * len(people)
    assert min(own) > 2**32 * 1000 + 1000  # numbers of the other look-alikes' faces
    videos = [affwild2_video.plain(i, 8, blocks=1, block=10, seed=0) for i in range(15)]
    made = [affwild2_video.quirky(v, i, "held out", Quirks()) for i, v in enumerate(videos)]
    shown = {video.name: video.person for video in made}
    assert shown["video909_1"] == shown["video909_2"] and len(set(shown.values())) == 14


def test_a_video_shows_the_face_of_its_person(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(affwild2_video, "draw", lambda number: drawn.append(number) or draw(number))
    video = affwild2_video.Video("a", 700, [4] * 3, [1, 2, 3])
    video.write_images(tmp_path / "a", EIGHT, Style(seed=2))
    assert drawn == [face_number(2, 700)] and len(list((tmp_path / "a").iterdir())) == 3


@pytest.mark.slow
def test_the_same_arguments_draw_the_same_faces(tmp_path):
    arguments = {"train": 1, "validation": 1, "blocks": 1, "block": 10}
    one, two = (affwild2.write_tree(tmp_path / name, **arguments) for name in "ab")
    assert files(one) == files(two)
    image = cv2.imread(str(one / "cropped_aligned/900-30-1280x720/00005.jpg"))
    assert image.shape == (112, 112, 3) and image.std() > 20
    images = [data for name, data in files(one).items() if name.endswith(".jpg")]
    assert len(set(images)) == len(images)


BAD = {"release": "abaw9", "train": 0, "validation": 1000, "blocks": 0, "block": 9, "seed": -1}


@pytest.mark.parametrize("name", BAD)
def test_an_argument_out_of_range_is_named(tmp_path, name):
    with pytest.raises(UserError, match=rf"^{name} is "):
        affwild2.write_tree(tmp_path / "x", **{name: BAD[name]})
    assert not any(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(root):
    with pytest.raises(UserError, match="is not an empty folder"):
        affwild2.write_tree(root)
