import zipfile

import openpyxl
import pytest

from data_builders.casme2 import annotation
from mol_jax.errors import UserError


def read(tree):
    tree.write_workbook()
    return annotation.annotate(tree.root, "casme2")


def test_a_plain_row_becomes_a_clip(tree):
    folder = tree.add("01", "EP02_01f", onset=31, apex=40, offset=52)
    (clip,) = read(tree).clips
    assert (clip.dataset, clip.subject, clip.person) == ("casme2", "sub01", "casme2/sub01")
    assert (clip.clip, clip.emotion, clip.action_units) == ("EP02_01f", "happiness", "R12+25")
    assert (clip.onset, clip.apex, clip.offset) == (31, 40, 52)
    assert clip.folder == folder


@pytest.mark.parametrize("cell", ["/", None, 1e20, "9" * 5000, 9, 20, "n/a", 12.5, -3])
def test_a_bad_apex_is_missing_and_the_clip_stays(tree, cell):
    tree.add("01", "EP02_01f", onset=10, apex=cell, offset=19)
    (clip,) = read(tree).clips
    assert clip.apex == -1


@pytest.mark.parametrize("subject", ["01", 1, 1.0, "1", "sub01", " 01 "])
def test_subjects_are_text_however_the_sheet_holds_them(tree, subject):
    tree.add("01", "EP02_01f")
    tree.rows[0][0] = subject
    assert [clip.subject for clip in read(tree).clips] == ["sub01"]


def test_cells_are_stripped_numbers_may_be_text_and_single_units_numeric(tree):
    tree.add("01", "EP02_01f")
    tree.rows[0][1:] = [" EP02_01f ", None, "10", " 14 ", 19.0, None, 4, "  Disgust "]
    (clip,) = read(tree).clips
    assert (clip.clip, clip.onset, clip.apex, clip.offset) == ("EP02_01f", 10, 14, 19)
    assert (clip.emotion, clip.action_units) == ("disgust", "4")


@pytest.mark.parametrize("name", ["EP01_2", "EP06_02_01", "EP09f"])
def test_irregular_clip_names_are_matched_literally(tree, name):
    tree.add("03", name)
    assert [clip.clip for clip in read(tree).clips] == [name]


def test_clip_names_repeat_across_subjects(tree):
    tree.add("01", "EP02_01f")
    tree.add("02", "EP02_01f")
    assert [clip.key for clip in read(tree).clips] == ["sub01/EP02_01f", "sub02/EP02_01f"]


def test_rows_that_cannot_be_built_are_listed_with_the_reason(tree):
    tree.add("01", "good")
    tree.rows += [
        ["01", "absent", None, 1, 2, 3, None, "4", "disgust"],
        ["01", "GOOD", None, 1, 2, 3, None, "4", "disgust"],
        ["01", "good", None, "?", 2, 3, None, "4", "disgust"],
        ["01", "good", None, 9, 2, 3, None, "4", "disgust"],
        ["01", "good", None, 1, 2, 3, None, "4", None],
        [None] * 9,
        ["note to self"],
    ]
    source = read(tree)
    assert [clip.clip for clip in source.clips] == ["good"]
    assert [skipped.reason for skipped in source.skipped] == [
        "no such folder",
        "row 4 names the clip a second time",
        "D5 is '?', expected a frame number",
        "row 6 spans frames 9 to 3: the offset comes before the onset",
        "row 7 has no emotion: its cell is empty",
        "row 9 names no clip",
    ]


def test_folders_without_a_row_are_listed(tree):
    tree.add("01", "good")
    tree.add("09", "EP02_02f")
    tree.rows.pop()
    (tree.frames / "sub01" / "Desktop - Shortcut.lnk").write_bytes(b"")
    assert read(tree).unannotated == ("sub09/EP02_02f",)


@pytest.mark.parametrize(
    "nested", ["CASME2_RAW_selected/CASME2_RAW_selected", "CASME2_RAW/CASME2-RAW", "Cropped"]
)
def test_other_folders_of_the_archives_are_found(tree, nested):
    tree.frames = tree.root / nested
    folder = tree.add("01", "EP02_01f")
    assert [clip.folder for clip in read(tree).clips] == [folder]


@pytest.mark.parametrize("name", [*annotation.WORKBOOKS, "CASME2-coding-updated.xlsx"])
def test_workbook_and_sheet_names_vary(tree, name):
    tree.add("01", "EP02_01f")
    tree.write_workbook(name, sheet="Tabelle1")
    assert len(annotation.annotate(tree.root, "casme2").clips) == 1


def test_no_workbook(tree):
    tree.add("01", "EP02_01f")
    with pytest.raises(UserError, match=r"no coding workbook, expected CASME2-coding-20140508"):
        annotation.annotate(tree.root, "casme2")


def test_wrong_workbook(tree):
    tree.add("01", "EP02_01f")
    tree.header[4] = "Objective Class"
    with pytest.raises(UserError, match=r"row 1, the nearest, lacks apexframe: is this the"):
        read(tree)


def test_missing_column(tree):
    tree.add("01", "EP02_01f")
    tree.header.pop()
    with pytest.raises(UserError, match="the nearest, lacks estimated emotion: is this"):
        read(tree)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 cut short"])
def test_damaged_workbook(tree, content):
    tree.add("01", "EP02_01f")
    (tree.root / annotation.WORKBOOKS[0]).write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be read as an \.xlsx|is empty, or"):
        annotation.annotate(tree.root, "casme2")


def test_a_workbook_damaged_in_its_body(tree):
    """Its directory is whole: it opens, and fails when the rows are read."""
    tree.add("01", "EP02_01f")
    file = tree.write_workbook()
    with zipfile.ZipFile(file) as archive:
        names = ("xl/worksheets/sheet1.xml", "xl/workbook.xml")
        starts = [archive.getinfo(name).header_offset + 30 + len(name) for name in names]
    whole = file.read_bytes()
    for start in starts:
        for at in range(start, start + 100, 10):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
            with pytest.raises(UserError, match=r"cannot be read as an \.xlsx workbook"):
                annotation.annotate(tree.root, "casme2")


def test_a_chart_named_like_the_sheet_is_refused(tree):
    tree.add("01", "EP02_01f")
    book = openpyxl.Workbook()
    book.active.title = "Rows"
    book.create_chartsheet("Sheet1").add_chart(openpyxl.chart.BarChart())
    book.save(tree.root / annotation.WORKBOOKS[0])
    with pytest.raises(UserError, match=r"needs a row headed subject, .* but there is none"):
        annotation.annotate(tree.root, "casme2")


def test_a_subject_of_many_digits_is_no_folder(tree):
    tree.add("01", "EP02_01f")
    tree.rows[0][0] = "1" * 5000
    assert [skipped.reason for skipped in read(tree).skipped] == ["no such folder"]


@pytest.mark.parametrize("twin", ["sub1/EP02_01f", "sub01/ep02_01f"])
def test_two_folders_of_one_clip_are_refused(tree, twin):
    tree.add("01", "EP02_01f")
    (tree.frames / twin).mkdir(parents=True)
    with pytest.raises(UserError, match="are folders of one clip"):
        read(tree)


def test_two_known_workbooks_are_refused(tree):
    tree.add("01", "EP02_01f")
    tree.write_workbook(annotation.WORKBOOKS[1])
    with pytest.raises(UserError, match="expected one coding workbook"):
        read(tree)


def test_no_frames(tree):
    tree.write_workbook()
    with pytest.raises(UserError, match="holds no frames, expected CASME2_RAW_selected/sub01"):
        annotation.annotate(tree.root, "casme2")
