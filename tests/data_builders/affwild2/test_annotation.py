import collections
import os
import shutil

import pytest

from data_builders.affwild2 import annotation
from data_builders.affwild2.cutting import Rule
from data_builders.pixels.frames import index_frames
from data_builders.synthetic.look_alikes import affwild2
from mol_jax.errors import UserError


def reasons(source):
    return {f"{skipped.subject}/{skipped.clip}": skipped.reason for skipped in source.skipped}


def test_a_clip_is_the_first_to_the_last_frame_of_one_label(tree):
    tree.add("134-30-1280x720", [-1] * 2 + [4] * 16)
    (clip,) = tree.read().clips
    assert (clip.dataset, clip.subject) == ("affwild2", "134-30-1280x720")
    assert (clip.emotion, clip.action_units, clip.apex) == ("happiness", "", -1)
    assert (clip.onset, clip.offset, clip.folder.name) == (3, 18, "134-30-1280x720")


def test_the_split_is_in_the_name_of_the_clip(tree):
    tree.add("video1", [0] * 16)
    tree.add("video2", [0] * 2 + [1] * 16, split="Validation_Set")
    source = tree.read()
    assert [clip.key for clip in source.clips] == [
        "video1/train_00001",
        "video2/validation_00003",
    ]
    assert {split: c["videos"] for split, c in source.cut["splits"].items()} == {
        "train": 1,
        "validation": 1,
    }


def test_two_people_in_one_recording_are_two_subjects_and_one_person(tree):
    for video in ("video5", "video5_left", "Video5_right", "video55"):
        tree.add(video, [0] * 16)
    clips = tree.read().clips
    people = collections.defaultdict(set)
    for clip in clips:
        people[clip.person].add(clip.subject)
    assert people == {
        "affwild2/video5": {"video5", "video5_left", "Video5_right"},
        "affwild2/video55": {"video55"},
    }
    assert len({clip.key for clip in clips}) == 4


def test_parts_of_a_recording_are_one_person_in_whatever_split(tree):
    tree.add("video86_1", [0] * 16)
    tree.add("video86_3", [0] * 16, split="Validation_Set")
    tree.add("video8_1", [0] * 16)
    source = tree.read()
    assert {clip.subject: clip.person for clip in source.clips} == {
        "video86_1": "affwild2/video86",
        "video86_3": "affwild2/video86",
        "video8_1": "affwild2/video8",
    }
    assert source.cut["source_videos_in_both_splits"] == ["video86"]
    assert "recordings in both splits: video86" in source.notes


def test_the_planted_quirks(full):
    source = annotation.annotate(full, "affwild2")
    assert source.file == full / "6th ABAW Annotations/EXPR_Recognition_Challenge"
    found = reasons(source)
    assert found.pop("video911/train").startswith("video911.txt, line 1 is 'valence,arousal'")
    for name, said in {"912-30-1280x720": "0.5", "video913": "9"}.items():
        assert found.pop(f"{name}/train").startswith(f"{name}.txt, line 4 is '{said}', expected an")
    assert found == {
        "video917/validation": "there is no folder cropped_aligned/video917 with images",
        "915-30-1280x720/train": "it is in the validation split too, and built from there only",
    }
    assert source.unannotated == ("cropped_aligned/video890",)
    train, validation = source.cut["splits"]["train"], source.cut["splits"]["validation"]
    assert (train["videos"], validation["videos"]) == (11, 2)
    assert train["ignored"] == 23  # planted in one video
    assert train["without_image"] == 3 + 25  # no face, and labels past the last image
    assert train["without_label"] == 30
    assert train["short_runs"] == 4  # 5 and 15 frames, what precedes 10 and 11, and 25 at the end
    assert {clip.folder.parent.name for clip in source.clips} == {
        "cropped_aligned",
        "cropped_aligned_new_50_vids",
    }
    assert "908.v2-25-854x480" in {clip.subject for clip in source.clips}
    assert source.cut["source_videos"] == 11  # of thirteen videos, two and two of one recording
    assert source.cut["videos_by_number_of_classes"] == {"8": 13}


def test_every_clip_begins_and_ends_with_an_image_and_lacks_few(full):
    for clip in annotation.annotate(full, "affwild2").clips:
        numbers = index_frames(clip.folder)
        assert clip.onset in numbers
        span = range(clip.onset, clip.offset + 1)
        assert len(span) == 16 and sum(number not in numbers for number in span) <= 1


SMALL = {"train": 3, "validation": 1, "blocks": 3, "block": 18, "faces": False}


@pytest.fixture(scope="module")
def sixth(tmp_path_factory):
    """The clips of a small tree of the sixth competition's release."""
    root = affwild2.write_tree(tmp_path_factory.mktemp("small") / "x", **SMALL)
    return [(c.key, c.onset, c.offset) for c in annotation.annotate(root, "x").clips]


@pytest.mark.parametrize("release", affwild2.RELEASES)
@pytest.mark.parametrize("doubled", [False, True])
def test_every_release_gives_the_same_clips(sixth, tmp_path, release, doubled):
    root = affwild2.write_tree(tmp_path / "x", release=release, doubled=doubled, **SMALL)
    found = annotation.annotate(root, "affwild2")
    assert [(clip.key, clip.onset, clip.offset) for clip in found.clips] == sixth != []
    seven = release == "abaw2"
    assert ("other" in {clip.emotion for clip in found.clips}) is not seven
    assert found.cut["videos_by_number_of_classes"] == {"7" if seven else "8": 4}


def test_a_video_gives_at_most_so_many_clips_of_a_label(tree):
    tree.add("video1", [0] * 400 + [6] * 100)
    counts = collections.Counter(clip.emotion for clip in tree.read().clips)
    assert counts == {"neutral": 4, "surprise": 3}
    source = annotation.annotate(tree.root, "affwild2", Rule(length=10, stride=10, most=40))
    counts = collections.Counter(clip.emotion for clip in source.clips)
    assert counts == {"neutral": 40, "surprise": 10}
    assert source.cut["rule"].startswith("10 frames of one label other than -1, a clip every 10")


def test_the_same_tree_gives_the_same_clips(full):
    first, second = (annotation.annotate(full, "affwild2") for _ in range(2))
    assert first == second and len(first.cut["labels_sha256"]) == 64


def test_changed_labels_change_the_hash(tree):
    tree.add("video1", [0] * 16)
    before = tree.read().cut["labels_sha256"]
    tree.label("video1", [1] * 16)
    assert tree.read().cut["labels_sha256"] != before


def test_videos_that_cannot_be_built_are_listed_with_the_reason(tree):
    tree.add("good", [0] * 20)
    tree.add("short", [0] * 15)
    tree.add("nobody", [-1] * 40)
    tree.add("number", [0] * 20 + ["x"])
    tree.label("header", [0] * 20, header="valence,arousal")
    tree.label("images", [0] * 20)
    tree.add("empty", [0] * 20)
    shutil.rmtree(tree.images / "empty")
    (tree.images / "empty").mkdir()
    tree.show("strays", [])
    (tree.images / "strays/Thumbs.db").write_bytes(b"")
    tree.label("strays", [0] * 20)
    source = tree.read()
    assert [clip.subject for clip in source.clips] == ["good"]
    found = reasons(source)
    short = "it has no 16 frames in a row with one label and images"
    assert found["number/train"].startswith("number.txt, line 22 is 'x', expected an integer")
    assert found["header/train"].startswith("header.txt, line 1 is 'valence,arousal', expected Neu")
    assert found["images/train"] == "there is no folder cropped_aligned/images with images"
    assert found["empty/train"] == "there is no folder cropped_aligned/empty with images"
    assert found["strays/train"] == "its folder holds no image"
    assert found["short/train"] == found["nobody/train"] == short
    assert len(found) == 7 and all("\n" not in reason for reason in found.values())


def test_labels_of_another_track_are_refused_at_once(tree):
    for video in ("a", "b"):
        tree.show(video, range(1, 20))
        tree.label(video, [0] * 20, header="valence,arousal")
    with pytest.raises(
        UserError, match=r"no label file of .* can be used: .*b\.txt, line 1 is 'va"
    ):
        tree.read()


def test_a_video_of_both_splits_is_held_out(tree):
    tree.add("video1", [0] * 16)
    tree.add("VIDEO1", [1] * 16, split="Validation_Set")
    tree.add("video2_left", [1] * 16)
    tree.add("video2_right", [1] * 16, split="Validation_Set")
    shutil.rmtree(tree.images / "VIDEO1")
    source = tree.read()
    assert {clip.key for clip in source.clips} == {
        *("VIDEO1/validation_00001", "video2_left/train_00001", "video2_right/validation_00001")
    }
    assert "in the validation split too" in reasons(source)["video1/train"]
    assert source.cut["source_videos_in_both_splits"] == ["video2"]
    assert "recordings in both splits: video2" in source.notes


def test_names_in_any_letters_and_names_that_are_no_text(tree):
    tree.add("видео 1", [0] * 16)
    file = tree.add("video2", [0] * 16)
    try:
        os.rename(file, os.fsencode(file.parent) + b"/\xff\xfe.txt")
    except OSError:
        pytest.skip("the file system takes no such name")
    source = tree.read()
    assert [clip.key for clip in source.clips] == ["видео 1/train_00001"]
    (reason,) = reasons(source).values()
    assert reason == "its name is no text in UTF-8: rename it"


def test_a_second_label_file_of_a_video(tree):
    tree.add("video1", [0] * 16)
    tree.label("VIDEO1 ", [0] * 16)
    assert len(tree.read().clips) == 1
    (reason,) = reasons(tree.read()).values()
    assert "names the video a second time" in reason


def test_a_copied_image_is_named(tree):
    tree.add("video1", [0] * 16)
    image = tree.images / "video1/00003.jpg"
    shutil.copy(image, image.with_name("00003 (1).jpg"))
    with pytest.raises(UserError, match=r"00003 \(1\)\.jpg seems to be a copy"):
        tree.read()


def test_splits_without_a_label_file(tree):
    tree.show("video1", [1])
    (tree.track / "Train_Set").mkdir(parents=True)
    with pytest.raises(UserError, match=r"holds no <video>\.txt in its splits: unpack"):
        tree.read()


def test_labels_without_any_image_and_images_without_labels(tree):
    tree.label("video1", [0] * 16)
    with pytest.raises(UserError, match="holds no aligned images"):
        tree.read()
    tree.show("video1", [1])
    shutil.rmtree(tree.track)
    with pytest.raises(UserError, match="holds no expression labels"):
        tree.read()
