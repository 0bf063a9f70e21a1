import json

import cv2
import pytest

from data_builders.affwild2.labels import read
from data_builders.synthetic import affwild2
from mol_jax.errors import UserError


def files(root):
    return {f.relative_to(root).as_posix(): f.read_bytes() for f in root.rglob("*") if f.is_file()}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return affwild2.write_tree(tmp_path_factory.mktemp("x") / "tree", faces=False)


@pytest.mark.parametrize("release", affwild2.RELEASES)
def test_a_release_has_its_folders_and_classes(tmp_path, release):
    made = affwild2.RELEASES[release]
    affwild2.write_tree(tmp_path / "x", release=release, train=1, validation=1, faces=False)
    (train,) = (tmp_path / "x" / made.track / made.train).iterdir()
    (validation,) = (tmp_path / "x" / made.track / "Validation_Set").iterdir()
    for file in (train, validation):
        assert read(file).classes == made.classes
        assert (tmp_path / "x/cropped_aligned" / file.stem / "00001.jpg").is_file()


def test_all_labels_are_there(root):
    values = [read(file).values.tolist() for file in root.rglob("EXPR*/*/*.txt")]
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
    assert {"cropped_aligned/Thumbs.db", "batch1/900-30-1280x720.mp4"} < set(found)


def test_the_tree_says_that_it_is_generated(root):
    marker = json.loads((root / "GENERATED.json").read_text())
    assert (marker["layout"], marker["release"], marker["faces"]) == ("affwild2", "abaw6", False)


@pytest.mark.slow
def test_the_same_arguments_draw_the_same_faces(tmp_path):
    arguments = {"train": 1, "validation": 1, "blocks": 1, "block": 10}
    one, two = (affwild2.write_tree(tmp_path / name, **arguments) for name in "ab")
    assert files(one) == files(two)
    image = cv2.imread(str(one / "cropped_aligned/900-30-1280x720/00005.jpg"))
    assert image.shape == (112, 112, 3) and image.std() > 20
    images = [data for name, data in files(one).items() if name.endswith(".jpg")]
    assert len(set(images)) == len(images)


BAD = {"release": "abaw9", "train": 0, "validation": 0, "blocks": 0, "block": 9}


@pytest.mark.parametrize("name", BAD)
def test_an_argument_out_of_range_is_named(tmp_path, name):
    with pytest.raises(UserError, match=rf"^{name} is "):
        affwild2.write_tree(tmp_path / "x", **{name: BAD[name]})
    assert not any(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(root):
    with pytest.raises(UserError, match="is not an empty folder"):
        affwild2.write_tree(root)
