"""The look-alike at true scale counts as CASME II is published, and every quirk is handled."""

import collections
import shutil

import cv2
import numpy as np
import openpyxl
import pytest

from data_builders.casme2 import annotation
from data_builders.pixels.frames import index_frames
from data_builders.records.record import RecordSettings, make_record
from data_builders.synthetic.look_alikes import casme2_tree
from data_builders.synthetic.look_alikes.casme2_tree import CROPPED, RAW, SELECTED, Layout
from data_builders.views.find import get_view
from mol_jax.errors import UserError

SETTINGS = RecordSettings(frames=2, size=72)
# [negative, positive, surprise] of each subject as MEGC 2019 published them.
MEGC = """
01 2 1 0  02 5 1 3  03 4 0 1  04 2 0 0  05 0 1 5  06 1 1 2  07 5 0 0   08 1 0 0  09 5 5 0  11 4 0 0
12 5 2 4  13 0 2 0  14 0 3 0  15 1 1 1  16 1 2 0  17 23 7 1  19 3 3 5  20 2 0 0  21 1 0 0  22 2 0 0
23 7 1 0  24 2 0 1  25 3 0 2  26 9 2 0
"""
FIVE = [9, 13, 7, 5, 19, 5, 9, 3, 13, 13, 10, 12, 8, 4, 3, 4, 34, 3, 15, 11, 2, 2, 12, 7, 7, 16]
SUBJECTS = [f"sub{number:02d}" for number in range(1, 27)]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    raw = tmp_path_factory.mktemp("casme2") / "raw"
    return casme2_tree.write_tree(raw, faces=False, frames=(3, 4))


@pytest.fixture(scope="module")
def source(root):
    return annotation.annotate(root, "casme2")


@pytest.fixture(scope="module")
def cells(root):
    sheet = openpyxl.load_workbook(root / annotation.WORKBOOKS[0])["Sheet1"]
    return list(sheet.iter_rows(min_row=2, values_only=True))


def labels(source, name):
    """(subject, class) of every clip of the view."""
    view, keys = get_view("casme2", name), ("subject", "emotion", "onset", "apex")
    found = [(c.subject, view.label({k: getattr(c, k) for k in keys})) for c in source.clips]
    return [pair for pair in found if pair[1] is not None]


def first_of(source, subject):
    return next(clip for clip in source.clips if clip.subject == subject)


def test_every_row_is_a_clip(source, cells):
    assert len(source.clips) == len(cells) == 255 and not source.skipped
    assert [clip.subject for clip in source.clips] == sorted(clip.subject for clip in source.clips)
    emotions = {"others": 99, "disgust": 63, "happiness": 32, "repression": 27, "surprise": 25}
    found = collections.Counter(clip.emotion for clip in source.clips)
    assert found == emotions | {"sadness": 7, "fear": 2}


@pytest.mark.parametrize(
    ("view", "classes", "absent"),
    [
        ("5class", (32, 63, 27, 25, 99), []),
        ("5class_release", (32, 63, 27, 25, 96), ["sub18"]),
        ("3class_megc2019", (88, 32, 25), ["sub10", "sub18"]),
        ("3class_naive", (90, 32, 25), ["sub10", "sub18"]),
        ("3class_wide", (99, 32, 25), ["sub18"]),
        ("4class", (72, 32, 25, 126), []),
    ],
)
def test_views_have_their_published_clips_and_subjects(source, view, classes, absent):
    found, expected = labels(source, view), get_view("casme2", view)
    counts = collections.Counter(label for _, label in found)
    assert tuple(counts[name] for name in expected.classes) == classes
    assert len(found) == expected.expected_clips
    subjects = {subject for subject, _ in found}
    assert len(subjects) == expected.expected_subjects
    assert sorted(set(SUBJECTS) - subjects) == absent


def test_every_subject_counts_as_published(source):
    counts = collections.Counter(labels(source, "3class_megc2019"))
    numbers = iter(MEGC.split())
    published = {f"sub{s}": [int(next(numbers)) for _ in range(3)] for s in numbers}
    classes = get_view("casme2", "3class_megc2019").classes
    subjects = {subject for subject, _ in counts}
    assert {s: [counts[s, label] for label in classes] for s in subjects} == published
    five = collections.Counter(subject for subject, _ in labels(source, "5class"))
    assert [five[subject] for subject in SUBJECTS] == FIVE


def test_the_one_missing_apex_and_the_one_at_the_onset(source, cells):
    assert [cell[4] for cell in cells].count("/") == 1
    missing = [clip for clip in source.clips if clip.apex == -1]
    assert [clip.subject for clip in missing] == ["sub04"]
    at_onset = [clip for clip in source.clips if clip.apex == clip.onset]
    assert [clip.subject for clip in at_onset] == ["sub05"]
    assert {clip.emotion for clip in missing + at_onset} <= {"disgust", "repression"}


def test_folders_without_a_row_and_files_that_are_none_are_left_out(root, source):
    assert source.unannotated == ("sub09/EP19_09", "sub24/EP19_09")
    shortcuts = list(root.rglob("Desktop - Shortcut.lnk"))
    assert {file.parent for file in shortcuts} >= {root / CROPPED / "sub01"}
    assert (root / "CASME2-ObjectiveClasses.xlsx").is_file() and (root / "readme.pdf").is_file()


def test_names_numbers_and_cells_as_they_come(source, cells):
    of = {s: [c.clip for c in source.clips if c.subject == s] for s in ("sub03", "sub07", "sub09")}
    assert of["sub03"][0] == "EP01_2" and of["sub09"][0] == "EP09f"
    assert of["sub07"][:2] == ["EP06_02_01", "EP06_02_02"]
    assert len({clip.clip for clip in source.clips}) < len({clip.key for clip in source.clips})
    assert {type(cell[7]) for cell in cells} == {int, str} and cells[1][1] != cells[1][1].strip()
    assert {type(cell[0]) for cell in cells} == {str} and cells[0][2] is cells[0][6] is None
    assert all(clip.emotion == clip.emotion.strip().lower() for clip in source.clips)
    names = [file.name for file in index_frames(source.clips[4].folder).values()]
    assert names != sorted(names) and names[0] == "img98.jpg"


def test_selected_frames_are_read_where_crops_lie_beside_them(root, source):
    assert {clip.folder.parents[1] for clip in source.clips} == {root / SELECTED}
    crops = {file.name[:7] for file in (root / CROPPED / "sub01").glob("*/*.jpg")}
    assert crops == {"reg_img"}


SMALL = ("sub01", "sub04", "sub05", "sub16")
LAYOUTS = {
    "raw": Layout(trees=(RAW, CROPPED), workbook=annotation.WORKBOOKS[1]),
    "cropped": Layout(trees=("CASME2_preprocessed_Li Xiaobai/Cropped",), numeric=True),
    "updated": Layout(trees=("Cropped-updated/Cropped",)),
    "single": Layout(trees=("CASME2_RAW_selected", "CASME2_RAW/CASME2-RAW")),
    "whole": Layout(trees=("CASME2/CASME2_RAW/CASME2-RAW",), workbook="CASME2-coding-updated.xlsx"),
    "none": Layout(trees=("",)),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_other_forms_in_use_give_the_same_clips(source, tmp_path, layout):
    made = casme2_tree.write_tree(
        tmp_path / "raw", faces=False, frames=(3, 4), subjects=SMALL, clips=2, layout=layout
    )
    found = annotation.annotate(made, "casme2")
    assert {clip.folder.parents[1] for clip in found.clips} == {made / layout.trees[0]}
    assert [clip.subject for clip in found.clips] == [s for s in SMALL for _ in range(2)]
    assert not found.skipped and not found.unannotated
    if layout.numeric:
        book = openpyxl.load_workbook(made / layout.workbook)
        assert book["Sheet1"]["A2"].value == 1


@pytest.fixture
def cropped(tmp_path):
    def write(*trees, frames=(6, 6)):
        layout = Layout(trees=trees)
        root = tmp_path / "CASME2"
        return casme2_tree.write_tree(
            root, faces=False, frames=frames, subjects=("sub16",), clips=1, layout=layout
        )

    return write


def test_a_truncated_crop_ends_at_its_last_frame_and_the_full_recording_does_not(cropped, detector):
    root = cropped(CROPPED, RAW)
    (whole,) = annotation.annotate(root, "casme2").clips
    result = make_record(whole, SETTINGS, detector())
    assert result.absent == 0 and len(result.example["frame_numbers"]) == 6
    assert len(index_frames(whole.folder)) == 10  # the workbook bounds the clip
    shutil.rmtree(root / "CASME2_RAW")
    (clip,) = annotation.annotate(root, "casme2").clips
    result = make_record(clip, SETTINGS, detector())
    assert result.absent == 2 and clip.apex in result.example["frame_numbers"]
    assert result.example["frame_numbers"].tolist() == list(range(clip.onset, clip.onset + 4))


@pytest.mark.parametrize(
    "trees",
    [
        (CROPPED, "Cropped-updated/Cropped"),
        ("CASME2_RAW_selected", "old/CASME2_RAW_selected"),
        ("CASME2_RAW/CASME2-RAW", "CASME2-RAW"),
    ],
)
def test_two_trees_of_one_kind_are_refused(cropped, trees):
    with pytest.raises(UserError, match=r"holds the frames of .* twice, .* move the wrong ones"):
        annotation.annotate(cropped(*trees), "casme2")


@pytest.mark.parametrize("tree", ["frames", "a/b/c/Cropped", "__MACOSX/Cropped", ".old/Cropped"])
def test_other_folders_are_no_frames(cropped, tree):
    with pytest.raises(UserError, match="holds no frames, expected CASME2_RAW_selected/sub01"):
        annotation.annotate(cropped(tree), "casme2")


def test_a_mac_archives_shadow_is_no_second_tree(cropped):
    root = cropped(CROPPED, "__MACOSX/Cropped")
    (clip,) = annotation.annotate(root, "casme2").clips
    assert clip.folder.parents[1] == root / CROPPED


@pytest.mark.parametrize("cell", ["../../etc", "sub16/../sub16", "ünïcode", "'=1+1", "/"])
def test_cells_that_name_no_folder(cropped, cell):
    root = cropped(SELECTED)
    file = root / annotation.WORKBOOKS[0]
    book = openpyxl.load_workbook(file)
    sheet = book["Sheet1"]
    for position, column in enumerate("AB", start=3):
        for other in range(1, 10):
            sheet.cell(position, other, sheet.cell(2, other).value)
        sheet[f"{column}{position}"] = cell
    book.save(file)
    found = annotation.annotate(root, "casme2")
    assert len(found.clips) == 1 and len(found.skipped) == 2


def test_drawn_crops_are_smaller_and_their_apex_lies_inside(tmp_path):
    made = casme2_tree.write_tree(tmp_path / "r", subjects=("sub14",), clips=1, frames=(3, 3))
    (clip,) = annotation.annotate(made, "casme2").clips
    images = [cv2.imread(str(file)) for file in index_frames(clip.folder).values()]
    assert [image.shape for image in images] == [(340, 280, 3)] * 3 and images[0].std() > 20
    assert not np.array_equal(images[0], images[1]) and clip.apex == clip.onset + 1
    crop = cv2.imread(str(next((made / CROPPED / "sub14").glob("*/*.jpg"))))
    assert crop.shape == (272, 212, 3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"subjects": ("sub27",)}, "subjects are sub27"),
        ({"subjects": ()}, "subjects are none"),
        ({"subjects": ("sub01", "sub01")}, "each once"),
        ({"clips": 0}, "clips is 0"),
        ({"frames": (2, 3)}, "frames is"),
    ],
)
def test_arguments_out_of_range_are_named(tmp_path, options, words):
    with pytest.raises(UserError, match=words):
        casme2_tree.write_tree(tmp_path / "raw", faces=False, **options)
    assert not any(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(root):
    with pytest.raises(UserError, match="not an empty folder"):
        casme2_tree.write_tree(root, faces=False)
