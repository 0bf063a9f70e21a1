"""The look-alike at true scale counts as SAMM is published, and every quirk in it is handled."""

import collections
import json

import cv2
import numpy as np
import openpyxl
import pytest

from data_builders.pixels.frames import index_frames
from data_builders.records.record import RecordSettings, make_record
from data_builders.samm import annotation
from data_builders.samm.samm_dataset_builder import Builder
from data_builders.synthetic.look_alikes import samm
from data_builders.views.find import get_view
from mol_jax.errors import UserError

SETTINGS = RecordSettings(frames=2, size=72)
# [negative, positive, surprise] of each subject as MEGC 2019 published them.
MEGC = """
006 9 0 2  007 1 5 2  009 3 0 1  010 4 0 0  011 13 7 0  012 2 0 1  013 6 0 0  014 2 7 1  015 2 0 1
016 2 1 2  017 3 0 1  018 2 0 1  019 0 1 0  020 2 2 0   021 2 0 0  022 3 2 0  023 1 0 0  024 1 0 0
026 9 0 0  028 1 0 2  030 3 0 0  031 1 0 0  032 4 0 0   033 4 1 0  034 3 0 0  035 7 0 1  036 1 0 0
037 1 0 0
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return samm.write_tree(tmp_path_factory.mktemp("samm") / "raw", faces=False, frames=(3, 4))


@pytest.fixture(scope="module")
def source(root):
    return annotation.annotate(root, "samm")


@pytest.fixture(scope="module")
def cells(root):
    """The workbook's rows as they stand."""
    sheet = openpyxl.load_workbook(root / annotation.WORKBOOKS[0]).worksheets[0]
    header, *rows = list(sheet.iter_rows(min_row=14, values_only=True))
    return [dict(zip(header, row, strict=True)) for row in rows]


def labels(source, view):
    """(subject, class) of every clip of the view."""
    view = get_view("samm", view)
    keys = ("subject", "emotion", "onset", "apex")
    found = [(c.subject, view.label({k: getattr(c, k) for k in keys})) for c in source.clips]
    return [pair for pair in found if pair[1] is not None]


def test_every_row_is_a_clip(source, cells):
    assert len(source.clips) == len(cells) == 159 and not source.skipped
    assert len({clip.subject for clip in source.clips}) == 29
    assert len({clip.key for clip in source.clips}) == 159
    emotions = collections.Counter(clip.emotion.removesuffix("s") for clip in source.clips)
    published = {"anger": 57, "happines": 26, "other": 26, "surprise": 15, "contempt": 12}
    assert emotions == published | {"disgust": 9, "fear": 8, "sadnes": 6}


@pytest.mark.parametrize(
    ("view", "classes", "absent"),
    [
        ("3class", {"negative": 92, "positive": 26, "surprise": 15}, "025"),
        (
            "5class",
            {"anger": 57, "happiness": 26, "contempt": 12, "surprise": 15, "others": 26},
            "024",
        ),
    ],
)
def test_views_have_their_published_clips_and_subjects(source, view, classes, absent):
    found, expected = labels(source, view), get_view("samm", view)
    assert collections.Counter(label for _, label in found) == classes
    assert len(found) == expected.expected_clips
    subjects = {subject for subject, _ in found}
    assert len(subjects) == expected.expected_subjects
    assert {clip.subject for clip in source.clips} - subjects == {absent}


def test_every_subject_counts_as_megc2019_published_it(source):
    counts = collections.Counter(labels(source, "3class"))
    classes = get_view("samm", "3class").classes
    numbers = iter(MEGC.split())
    published = {s: [int(next(numbers)) for _ in classes] for s in numbers}
    subjects = {subject for subject, _ in counts}
    assert {s: [counts[s, label] for label in classes] for s in subjects} == published


def test_an_apex_outside_its_clip_is_missing(source, cells):
    """Planted: after the offset, before the onset, and the sentinel -1; one at the onset stays."""
    missing = [i for i, clip in enumerate(source.clips) if clip.apex == -1]
    assert missing == [1, 2, 3]
    written = [cells[i] for i in missing]
    assert written[0]["Apex Frame"] > written[0]["Offset Frame"]
    assert 0 < written[1]["Apex Frame"] < written[1]["Onset Frame"]
    assert written[2]["Apex Frame"] == -1
    assert source.clips[4].apex == source.clips[4].onset


def test_an_offset_beyond_the_last_frame_is_clipped_and_counted(source, detector):
    clip = source.clips[5]
    last = max(index_frames(clip.folder))
    assert clip.offset == last + 54
    result = make_record(clip, SETTINGS, detector())
    assert result.absent == 54 and result.example["frame_numbers"][-1] == last
    assert all(
        clip.offset == max(index_frames(clip.folder))
        for i, clip in enumerate(source.clips)
        if i != 5
    )


def test_frames_are_found_whatever_their_padding(source, detector):
    """Padded in one clip, not in the next, now this and now that in a third."""
    widths = [
        {len(file.stem.split("_")[1]) for file in index_frames(clip.folder).values()}
        for clip in source.clips[:9]
    ]
    assert widths[0] == {5} and widths[1] == {4} and widths[2] == {4, 5}
    for clip in source.clips[:3]:
        numbers = make_record(clip, SETTINGS, detector()).example["frame_numbers"]
        np.testing.assert_array_equal(numbers, np.arange(clip.onset, clip.offset + 1))


def test_frames_are_in_the_order_of_their_numbers(source, detector):
    clip = source.clips[8]
    names = [file.name for file in index_frames(clip.folder).values()]
    assert names != sorted(names)
    numbers = make_record(clip, SETTINGS, detector()).example["frame_numbers"]
    assert numbers.tolist() == list(range(9998, clip.offset + 1)) and clip.offset >= 10000


def test_labels_and_action_units(source, cells):
    assert {row["Estimated Emotion"] for row in cells} >= {"Other", "Others", "Happiness"}
    assert cells[6]["Estimated Emotion"] != cells[6]["Estimated Emotion"].strip()
    assert all(clip.emotion == clip.emotion.strip().lower() for clip in source.clips)
    assert [clip.action_units for clip in source.clips] == [row["Action Units"] for row in cells]
    assert "R14A or 17A" in {clip.action_units for clip in source.clips}


def test_subjects_are_text_and_the_header_stands_under_notes(root, cells):
    sheet = openpyxl.load_workbook(root / annotation.WORKBOOKS[0]).worksheets[0]
    assert all(sheet.cell(row, 1).value and not sheet.cell(row, 2).value for row in range(1, 14))
    assert {type(row["Subject"]) for row in cells} == {str}
    assert list(cells[0]) == samm.HEADER


def test_strays(root, source):
    assert {"Thumbs.db", ".DS_Store"} <= {file.name for file in root.rglob("*")}
    assert source.unannotated == ("006/006_7_9",)


@pytest.mark.parametrize(
    "layout",
    [
        samm.Layout(folder="", header_row=1),
        samm.Layout(folder="SAMM/SAMM", numeric=True),
        samm.Layout(folder="SAMM_CROP", workbook=annotation.WORKBOOKS[1], header_row=2),
    ],
)
def test_other_forms_in_use_give_the_same_clips(source, tmp_path, layout):
    made = samm.write_tree(
        tmp_path / "raw", faces=False, frames=(3, 4), subjects=("006", "007"), layout=layout
    )
    sheet = openpyxl.load_workbook(made / layout.workbook).worksheets[0]
    assert sheet.cell(layout.header_row, 1).value == "Subject"
    assert sheet.cell(layout.header_row + 1, 1).value == (6 if layout.numeric else "006")
    found = annotation.annotate(made, "samm").clips
    assert [clip.key for clip in found] == [clip.key for clip in source.clips[: len(found)]]
    assert len(found) == 21


def test_drawn_frames_are_grey_and_their_apex_lies_inside(tmp_path):
    made = samm.write_tree(tmp_path / "raw", subjects=("019",), clips=1, frames=(3, 3))
    (clip,) = annotation.annotate(made, "samm").clips
    images = [cv2.imread(str(f), cv2.IMREAD_UNCHANGED) for f in index_frames(clip.folder).values()]
    assert [image.shape for image in images] == [(340, 280)] * 3 and images[0].std() > 20
    assert (images[0] != images[1]).any() and clip.apex == clip.onset + 1
    assert json.loads((made / "GENERATED.json").read_text())["layout"] == "samm"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"subjects": ("008",)}, "subjects are 008"),
        ({"subjects": ()}, "subjects are none"),
        ({"subjects": ("006", "006")}, "each once"),
        ({"clips": 0}, "clips is 0"),
        ({"frames": (2, 3)}, "frames is"),
    ],
)
def test_arguments_out_of_range_are_named(tmp_path, options, words):
    with pytest.raises(UserError, match=words):
        samm.write_tree(tmp_path / "raw", faces=False, **options)
    assert not any(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(root):
    with pytest.raises(UserError, match="not an empty folder"):
        samm.write_tree(root, faces=False)


def test_the_builder_reads_it_under_its_name(root, tmp_path):
    builder = Builder(config=SETTINGS.config_name.replace("s72", "s144"), data_dir=tmp_path)
    assert builder.name == "samm"
    assert {clip.dataset for clip in builder.annotate(root).clips} == {"samm"}
