"""What licensees' copies of SAMM may look like, and what is refused; no image is read here."""

import openpyxl
import pytest

from data_builders.samm import annotation
from data_builders.synthetic.look_alikes.samm import HEADER
from mol_jax.errors import UserError

WORKBOOK = annotation.WORKBOOKS[0]


def test_a_plain_row_becomes_a_clip(tree):
    folder = tree.add("006", "006_1_2", emotion="Surprise")
    (clip,) = tree.read().clips
    assert (clip.dataset, clip.subject, clip.person) == ("samm", "006", "samm/006")
    assert (clip.clip, clip.emotion, clip.action_units) == ("006_1_2", "surprise", "A4B")
    assert (clip.onset, clip.apex, clip.offset) == (4100, 4117, 4128)
    assert clip.folder == folder


@pytest.mark.parametrize("subject", ["006", 6, 6.0, "6", " 006 "])
def test_subjects_are_three_digits_however_the_sheet_holds_them(tree, row, subject):
    row[0] = subject
    assert [clip.subject for clip in tree.read().clips] == ["006"]


@pytest.mark.parametrize("folder", ["6", "06"])
def test_and_however_their_folder_is_named(tree, row, folder):
    (tree.frames / "006").rename(tree.frames / folder)
    assert [clip.subject for clip in tree.read().clips] == ["006"]


@pytest.mark.parametrize("notes", [0, 1, 13, 40])
def test_the_header_is_found_by_its_content(tree, row, notes):
    tree.notes = notes
    assert len(tree.read().clips) == 1


def test_columns_are_found_by_what_heads_them(tree, row):
    for cells in (tree.header, row):
        cells.insert(0, cells.pop(9))
        cells.pop()
    tree.header[1:4] = [" SUBJECT ", "filename", "Inducement\nCode"]
    tree.header[4] = "Onset  frame"
    (clip,) = tree.read().clips
    assert (clip.emotion, clip.onset, clip.apex) == ("anger", 4100, 4117)


@pytest.mark.parametrize("apex", [4099, 4129, -1, 0, None, "/", "n/a", 4108.5, "9" * 400])
def test_a_bad_apex_is_missing_and_the_clip_stays(tree, row, apex):
    row[4] = apex
    assert [clip.apex for clip in tree.read().clips] == [-1]


@pytest.mark.parametrize(
    ("cell", "emotion"),
    [("Other", "other"), ("Others", "others"), (" Contempt ", "contempt"), ("FEAR", "fear")],
)
def test_emotions_are_lower_case_and_stripped(tree, row, cell, emotion):
    row[9] = cell
    assert [clip.emotion for clip in tree.read().clips] == [emotion]


@pytest.mark.parametrize("units", ["R14A or 17A", "A1B+A2C", "AU12 (L)"])
def test_action_units_stay_as_they_are(tree, row, units):
    row[8] = units
    assert [clip.action_units for clip in tree.read().clips] == [units]


def test_rows_that_cannot_be_built_are_listed_with_the_reason(tree, row):
    def another(**cells):
        new = dict(zip(HEADER, row, strict=True)) | {
            k.replace("_", " "): v for k, v in cells.items()
        }
        tree.rows.append(list(new.values()))

    another()
    another(Subject="007")
    another(Subject="../../etc", Filename="passwd")
    another(Filename="../006_1_2")
    another(Filename="naïve ☃")
    another(Onset_Frame="first")
    another(Onset_Frame=-1)
    another(Offset_Frame=4099)
    another(Estimated_Emotion=None)
    tree.rows += [[None] * 12, ["Coded by two coders"]]
    source = tree.read()
    assert [clip.clip for clip in source.clips] == ["006_1_2"]
    assert [(s.subject, s.clip, s.reason) for s in source.skipped] == [
        ("006", "006_1_2", "row 16 names the clip a second time"),
        ("007", "006_1_2", "no such folder"),
        ("../../etc", "passwd", "no such folder"),
        ("006", "../006_1_2", "no such folder"),
        ("006", "naïve ☃", "no such folder"),
        ("006", "006_1_2", "D21 is 'first', expected a frame number"),
        ("006", "006_1_2", "D22 is '-1', expected a frame number"),
        ("006", "006_1_2", "row 23 spans frames 4100 to 4099: the offset comes before the onset"),
        ("006", "006_1_2", "row 24 has no emotion: its cell is empty"),
        ("Coded by two coders", "", "row 26 names no clip"),
    ]


def test_what_no_row_speaks_of_is_listed_or_left_alone(tree, row):
    (tree.frames / "006" / "006_7_9").mkdir()
    (tree.frames / "008" / "008_1_1").mkdir(parents=True)
    (tree.frames / "006" / ".cache").mkdir()
    (tree.frames / "notes").mkdir()
    (tree.frames / "006" / "Thumbs.db").write_bytes(b"")
    source = tree.read()
    assert source.unannotated == ("006/006_7_9", "008/008_1_1") and not source.skipped


@pytest.mark.parametrize("twin", ["6/006_1_2", "006/006_1_2 "])
def test_two_folders_of_one_clip_are_refused(tree, row, twin):
    (tree.frames / twin).mkdir(parents=True)
    with pytest.raises(UserError, match="are folders of one clip"):
        tree.read()


@pytest.mark.parametrize("column", range(12))
def test_a_missing_column_is_named(tree, row, column):
    name = tree.header[column]
    tree.header[column] = None
    if name.lower() not in annotation.HEADERS.values():
        assert len(tree.read().clips) == 1
        return
    with pytest.raises(UserError, match=rf"row 14, the nearest, lacks {name.lower()}( \(.*)?: is"):
        tree.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject,Filename,Onset Frame\n006,006_1_2,4100\n",
        b"<html><body>Please log in</body></html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old .xls, or one with a password",
        b"PK\x03\x04 cut short",
    ],
)
def test_another_file_under_the_name_of_the_workbook(tree, row, content):
    (tree.root / WORKBOOK).write_bytes(content)
    with pytest.raises(UserError, match=r"SAMM_Micro\S+ (cannot be read as|is empty, or)"):
        annotation.annotate(tree.root, "samm")


def test_a_workbook_with_nothing_in_it(tree, row):
    openpyxl.Workbook().save(tree.root / WORKBOOK)
    with pytest.raises(UserError, match=r"needs a row headed subject, filename.*there is none"):
        annotation.annotate(tree.root, "samm")


def test_no_workbook(tree, row):
    with pytest.raises(UserError, match=r"no coding workbook, expected SAMM_Micro_FACS_Codes_v2"):
        annotation.annotate(tree.root, "samm")


def test_two_workbooks(tree, row):
    for name in annotation.WORKBOOKS:
        tree.write_workbook(name)
    with pytest.raises(UserError, match="expected one coding workbook: move the other one away"):
        annotation.annotate(tree.root, "samm")


@pytest.mark.parametrize(
    "folder", ["SAMM", "SAMM/anger/006_1_2", "SAMM/006_1/frames", "CASME2/sub01"]
)
def test_no_frames(tree, folder):
    (tree.root / folder).mkdir(parents=True)
    tree.write_workbook()
    with pytest.raises(UserError, match=r"holds no frames, expected 006/006_1_2/006_<N>\.jpg"):
        annotation.annotate(tree.root, "samm")


@pytest.mark.parametrize("name", ["gone", "file"])
def test_a_source_that_is_no_folder(tree, name):
    (tree.root / "file").write_bytes(b"")
    with pytest.raises(UserError, match="holds no frames"):
        annotation.annotate(tree.root / name, "samm")
