import datetime

import pytest

from data_builders.annotations.annotation import NO_APEX
from data_builders.annotations.cells import Row, Uncalculated
from data_builders.annotations.coding import Columns, annotate_rows, clip_folders, folders_in
from data_builders.annotations.workbook import Table
from mol_jax.errors import UserError

COLUMNS = Columns(subject=0, clip=1, onset=2, apex=3, offset=4, action_units=5, emotion=6)


@pytest.fixture
def subject(tmp_path):
    """A subject's folder with one clip and things that are none."""
    (tmp_path / "s1" / "One ").mkdir(parents=True)
    (tmp_path / "s1" / ".cache").mkdir()
    (tmp_path / "s1" / "Thumbs.db").write_bytes(b"")
    return tmp_path / "s1"


def read(subject, *cells):
    rows = tuple(Row(number, row) for number, row in enumerate(cells, start=5))
    folders = clip_folders([subject], str.upper)
    return annotate_rows(
        Table(columns={}, rows=rows, notes=("a note",)),
        dataset="set",
        file=subject / "book.xlsx",
        columns=COLUMNS,
        folders=folders,
        subject_name=str.upper,
    )


def test_a_row_and_a_folder_make_a_clip(subject):
    source = read(subject, ("s1", " ONE", 3, 4, 9, 12, "Fear "))
    (clip,) = source.clips
    assert (clip.key, clip.person, clip.emotion) == ("S1/ONE", "set/S1", "fear")
    assert (clip.onset, clip.apex, clip.offset) == (3, 4, 9) and clip.action_units == "12"
    assert clip.folder == subject / "One " and source.file == subject / "book.xlsx"
    assert source.skipped == source.unannotated == ()


def test_a_row_without_subject_and_clip_is_no_row(subject):
    source = read(subject, (None, None, 3, 4, 9, 12, "fear"), ("", " "))
    assert source.clips == source.skipped == () and source.unannotated == ("S1/One ",)


def test_the_first_usable_row_of_a_clip_counts(subject):
    rows = [("s1", "one", 3, 4, 2), ("s1", "one", 3, 4, 9, 1, "fear")] * 2
    source = read(subject, *rows)
    assert [clip.emotion for clip in source.clips] == ["fear"]
    assert [s.reason for s in source.skipped] == [
        "row 5 spans frames 3 to 2: the offset comes before the onset",
        "row 7 spans frames 3 to 2: the offset comes before the onset",
        "row 8 names the clip a second time",
    ]


def test_folders_that_differ_in_case_or_space_are_one_clip(subject):
    (subject / "ONE").mkdir()
    with pytest.raises(UserError, match="are folders of one clip, expected one"):
        read(subject)


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#name?"])
def test_the_error_of_a_formula_is_no_emotion(subject, error):
    source = read(subject, ("s1", "one", 3, 4, 9, 12, error))
    assert source.clips == ()
    assert [s.reason for s in source.skipped] == [
        f"row 5 has no emotion: G5 is the error {error.upper()}"
    ]


@pytest.mark.parametrize(
    "name", ["..", "../s1/One ", "/", "One /", ".", "One /.", "con", "a\\One "]
)
def test_a_cell_leads_nowhere_but_to_the_folders_found(subject, name):
    source = read(subject, ("s1", name, 3, 4, 9, 12, "fear"), ("..", "one", 3, 4, 9, 12, "fear"))
    assert source.clips == ()
    assert {s.reason for s in source.skipped} == {"no such folder"}


def test_names_are_compared_as_they_look(subject):
    """A folder in the Unicode of a Mac, a cell with two spaces and an invisible mark."""
    (subject / "Zoe\u0301 1").mkdir()
    source = read(subject, ("s1", "\u200eZoé \n 1", 3, 4, 9, 12, "fear"))
    assert [clip.folder.name for clip in source.clips] == ["Zoe\u0301 1"]
    assert source.clips[0].clip == "Zoé 1" and source.unannotated == ("S1/One ",)


def test_folders_in(subject):
    assert folders_in(subject) == [subject / "One "]
    assert folders_in(subject / "Thumbs.db") == folders_in(subject / "gone") == []


def test_what_a_clip_lost_is_noted(subject):
    for name in ("two", "three", "four"):
        (subject / name).mkdir()
    date = datetime.datetime(2020, 4, 12)
    rows = [("s1", "one", 3, "#REF!", 9, date, "fear"), ("s1", "two", 3, "/", 9, "4", "fear")]
    rows += [("s1", "three", 3, "/", 9, "lips", "fear"), ("s1", "four", 3, "/", 9, "/", "fear")]
    source = read(subject, *rows)
    assert [clip.apex for clip in source.clips] == [NO_APEX] * 4
    assert source.notes == (
        "a note",
        "S1/one: D5 is the error #REF!, expected a frame number: the clip has no apex",
        "S1/one: F5 is the date 2020-04-12, expected action units",
        "S1/three: F7 is 'lips', which holds no action unit",
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("#N/A", "one", 3, 4, 9, 12, "fear"), "A5 is the error #N/A, expected a name"),
        (("s1", datetime.date(2020, 1, 2), 3, 4, 9, 12, "fear"), "B5 is the date 2020-01-02, exp"),
        (("s1", "one", datetime.date(2020, 1, 2), 4, 9, 12, "fear"), "C5 is the date 2020-01-02"),
        (("s1", "one", 3, 4, "12.000", 12, "fear"), "E5 is '12.000', expected a frame number"),
        (("s1", "one", 3, 4, True, 12, "fear"), "E5 is TRUE, expected a frame number"),
        (("s1", "one", 3, 4, 9, 12, "nan"), "row 5 has no emotion: G5 is 'nan'"),
        (("s1", "one", 3, 4, 9, 12, False), "row 5 has no emotion: G5 is FALSE"),
    ],
)
def test_a_cell_of_another_kind_is_named(subject, cells, reason):
    source = read(subject, cells)
    assert source.clips == () and len(source.skipped) == 1
    assert source.skipped[0].reason.startswith(reason)


def test_a_clip_of_nobody_is_refused(subject):
    with pytest.raises(UserError, match=r"cell A6 is empty, expected the subject of clip 'two'"):
        read(subject, ("s1", "one", 3, 4, 9, 12, "fear"), (None, "two", 3, 4, 9, 12, "fear"))
    assert read(subject, (None, "a note"), ("s1", "one", 3, 4, 9, 12, "fear")).clips


def test_a_line_of_sums_is_no_clip(subject):
    never = Uncalculated(subject / "book.xlsx", "C6")
    source = read(subject, ("s1", "one", 3, 4, 9, 12, "fear"), ("Total", None, never))
    assert len(source.clips) == 1
    assert [s.reason for s in source.skipped] == ["row 6 names no clip"]
