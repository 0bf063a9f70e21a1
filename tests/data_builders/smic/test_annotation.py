import collections
import shutil

import pytest

from data_builders.pixels.frames import index_frames
from data_builders.smic import annotation, layout
from data_builders.smic.views import VIEWS
from data_builders.synthetic.look_alikes import smic
from data_builders.views.find import views_of
from mol_jax.errors import UserError

PUBLISHED = {  # negative, positive, surprise
    "s1": [3, 2, 1],
    "s2": [0, 1, 5],
    "s3": [22, 11, 6],
    "s4": [10, 4, 5],
    "s5": [1, 0, 1],
    "s6": [2, 0, 2],
    "s8": [9, 4, 0],
    "s9": [0, 1, 3],
    "s11": [3, 3, 1],
    "s12": [0, 8, 1],
    "s13": [0, 10, 0],
    "s14": [3, 2, 5],
    "s15": [1, 1, 2],
    "s18": [2, 0, 5],
    "s19": [0, 1, 1],
    "s20": [14, 3, 5],
}


def by_subject(clips):
    counts = collections.defaultdict(lambda: [0, 0, 0])
    for clip in clips:
        counts[clip.subject][("negative", "positive", "surprise").index(clip.emotion)] += 1
    return dict(counts)


def test_hs_at_true_scale_has_the_published_clips(full):
    source = annotation.annotate(full, "smic")
    assert len(source.clips) == 164
    assert by_subject(source.clips) == PUBLISHED
    assert len({clip.key for clip in source.clips}) == 164
    assert source.file == full / "SMIC_all_raw/SMIC_all_raw/HS"


@pytest.mark.parametrize("dataset", ["smic_vis", "smic_nir"])
def test_vis_and_nir_at_true_scale_have_71_clips_of_the_same_people(full, dataset):
    source = annotation.annotate(full, dataset)
    assert (len(source.clips), source.skipped, source.unannotated) == (71, (), ())
    assert {clip.dataset for clip in source.clips} == {dataset}
    people = {clip.person for clip in source.clips}
    assert len(people) == 8
    assert people < {clip.person for clip in annotation.annotate(full, "smic").clips}


@pytest.mark.parametrize("dataset", ["smic", "smic_vis", "smic_nir"])
def test_the_views_expect_what_there_is(full, dataset):
    (view,) = [view for view in VIEWS if view.dataset == dataset]
    clips = annotation.annotate(full, dataset).clips
    labels = [view.label(vars(clip)) for clip in clips]
    assert None not in labels and set(labels) == set(view.classes)
    assert len(labels) == view.expected_clips
    assert len({clip.subject for clip in clips}) == view.expected_subjects


def test_the_short_clips_have_one_view_and_the_long_ones_two():
    assert all(list(views_of(name)) == ["3class"] for name in layout.CAMERAS)
    both = ["3class", "3class_first"]
    assert all(list(views_of(name)) == both for name in layout.LONG_CAMERAS)


def test_a_clip_is_its_whole_folder(small):
    folder = small.add("s5/micro/negative/s5_ne_01", "image000998.bmp", "image001013.bmp")
    clip = next(c for c in annotation.annotate(small.root, "smic").clips if c.subject == "s5")
    assert (clip.dataset, clip.person, clip.clip) == ("smic", "smic/5", "s5_ne_01")
    assert (clip.emotion, clip.action_units) == ("negative", "")
    assert (clip.onset, clip.apex, clip.offset) == (998, -1, 1013)
    assert clip.folder == folder


def test_the_planted_quirks_cost_no_clip(full):
    source = annotation.annotate(full, "smic")
    root = source.file
    folders = {clip.clip: clip.folder for clip in source.clips}
    # .bmp and .jpg, Thumbs.db, a folder in another case, a padded subject
    assert {file.suffix for file in folders["s3_ne_04"].iterdir()} == {".jpg"}
    assert {file.suffix for file in folders["s1_ne_01"].iterdir()} == {".bmp", ".db"}
    assert folders["s3_ne_01"] == root / "s3/micro/Negative/s3_ne_01"
    assert folders["s8_ne_01"] == root / "s08/micro/negative/s8_ne_01"
    # a copy in the wrong class, a folder that is no clip, non_micro
    assert [(s.subject, s.clip, s.reason) for s in source.skipped] == [
        ("s1", "s1_ne_01", "its name says negative, its folder positive")
    ]
    assert source.unannotated == ("s1/micro/negative/New folder",)
    assert (root / "s1/non_micro/s1_ne_01/image000007.bmp").is_file()
    assert not any("non_micro" in clip.folder.parts for clip in source.clips)


def test_some_numbers_have_leading_zeros_and_sort_as_numbers(full):
    clips = annotation.annotate(full, "smic").clips
    assert min(clip.onset for clip in clips) < 1000 and max(c.onset for c in clips) > 100_000
    assert all(clip.onset < clip.offset for clip in clips)


def test_cropped_frames_lack_a_clip_and_five_frames(full, tmp_path):
    shutil.copytree(full / "SMIC_all_cropped", tmp_path / "SMIC_all_cropped")
    raw = {clip.clip: clip for clip in annotation.annotate(full, "smic").clips}
    source = annotation.annotate(tmp_path, "smic")
    assert len(source.clips) == 163
    assert [(s.subject, s.clip, s.reason) for s in source.skipped] == [
        ("s18", "s18_sur_03", "its folder holds no image")
    ]
    absent = {c.clip: c.offset - c.onset + 1 - len(index_frames(c.folder)) for c in source.clips}
    assert {clip: n for clip, n in absent.items() if n} == smic.CROPPED_GAPS
    assert all((c.onset, c.offset) == (raw[c.clip].onset, raw[c.clip].offset) for c in source.clips)


def test_raw_frames_are_read_where_both_are_there(small):
    assert all(small.hs in c.folder.parents for c in annotation.annotate(small.root, "smic").clips)
    shutil.rmtree(small.hs)
    clips = annotation.annotate(small.root, "smic").clips
    assert len(clips) == 6 and all(small.cropped in clip.folder.parents for clip in clips)


def test_an_empty_folder_is_listed(small):
    small.add("s1/micro/negative/s1_ne_09")
    (small.add("s1/micro/negative/s1_ne_10") / "Thumbs.db").write_bytes(b"")
    source = annotation.annotate(small.root, "smic")
    assert [(s.clip, s.reason) for s in source.skipped] == [
        (clip, "its folder holds no image") for clip in ("s1_ne_09", "s1_ne_10")
    ]


def test_a_clip_of_another_subject_is_listed(small):
    small.add("s1/micro/negative/s3_ne_09", "image000001.bmp")
    (skipped,) = annotation.annotate(small.root, "smic").skipped
    assert (skipped.clip, skipped.reason) == ("s3_ne_09", "it lies in the folder of subject 1")


def test_folders_that_are_no_clips_are_listed(small):
    strays = [
        "notes",
        "s1/macro",
        "s1/micro/angry",
        "s1/micro/negative/s1_ne",
        "s1/micro/positive/é",
    ]
    for stray in strays:
        small.add(f"{stray}/deeper", "image000001.bmp")
    source = annotation.annotate(small.root, "smic")
    assert set(source.unannotated) == set(strays)
    assert len(source.clips) == 6


@pytest.mark.parametrize("twin", ["s01/micro/negative/s1_ne_01", "s1/micro/Negative/s1_ne_1"])
def test_two_folders_of_one_clip_are_refused(small, twin):
    small.add(twin, "image000001.bmp")
    with pytest.raises(UserError, match=r"/s1_ne_0?1 and .*/s1_ne_01 are folders of one clip"):
        annotation.annotate(small.root, "smic")


def test_two_images_of_one_frame_are_refused(small):
    small.add("s1/micro/negative/s1_ne_09", "image000001.bmp", "image000001.jpg")
    with pytest.raises(UserError, match=r"has two images for frame 1, image000001\.bmp and"):
        annotation.annotate(small.root, "smic")


@pytest.mark.parametrize("dataset", ["smic_vis", "smic_nir"])
def test_a_camera_that_is_not_there(small, dataset):
    camera = dataset[-3:].upper()
    with pytest.raises(
        UserError, match=f"holds no {camera} frames, expected SMIC_all_raw/{camera}"
    ):
        annotation.annotate(small.root, dataset)


def test_a_tree_of_another_shape_is_refused(tmp_path):
    (tmp_path / "HS/s1/negative/s1_ne_01").mkdir(parents=True)
    with pytest.raises(UserError, match=r"HS holds no clips, expected s1/micro/negative/s1_ne_01/"):
        annotation.annotate(tmp_path, "smic")


def test_non_micro_is_no_stray_folder(small):
    small.add("s3/non_micro/s3_non_01", "image000001.bmp")
    source = annotation.annotate(small.root, "smic")
    assert (len(source.clips), source.unannotated) == (6, ())


@pytest.mark.parametrize(
    "arguments",
    [{"subjects": (7,)}, {"subjects": ()}, {"parts": ("hs",)}, {"frames": (3, 5)}]
    + [{"frames": (9, 5)}],
)
def test_a_look_alike_that_cannot_be_is_refused(tmp_path, arguments):
    with pytest.raises(UserError, match="subjects, parts and frames are"):
        smic.write_tree(tmp_path / "SMIC", faces=False, **arguments)
    assert not (tmp_path / "SMIC").exists()


def test_a_look_alike_is_not_written_over_something(small):
    with pytest.raises(UserError, match="is not an empty folder"):
        smic.write_tree(small.root, faces=False)
