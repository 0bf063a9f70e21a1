import collections
import itertools
import shutil

import pytest

from data_builders.pixels.frames import index_frames
from data_builders.smic import annotation, long_clips
from data_builders.synthetic.look_alikes import smic
from mol_jax.errors import UserError


def read(root):
    return long_clips.annotate(root, "smic_hs_e")


def test_at_true_scale_157_long_clips_hold_161_micro_expressions(full):
    source = read(full)
    assert (source.skipped, source.unannotated) == ((), ())
    assert len(source.clips) == len({clip.key for clip in source.clips}) == 161
    assert len({clip.folder for clip in source.clips}) == 157
    assert collections.Counter(clip.emotion for clip in source.clips) == {
        "negative": 68,
        "positive": 50,
        "surprise": 43,
    }
    assert source.file.name == "SMIC-HS-E_annotation_2019.xlsx"


def test_a_row_may_hold_three(full):
    clips = read(full).clips
    shared = [clip for clip in clips if clip.clip.startswith("s4_ne_04")]
    assert [clip.clip for clip in shared] == ["s4_ne_04", "s4_ne_04_me2", "s4_ne_04_me3"]
    assert len({clip.folder for clip in shared}) == 1
    for before, after in itertools.pairwise(shared):
        assert before.offset < after.onset
    assert {c.clip for c in clips if "_me" in c.clip} == {
        *("s3_ne_02_me2", "s4_ne_04_me2", "s4_ne_04_me3", "s9_sur_01_me2")
    }


def test_the_long_set_lacks_the_folders_of_some_short_clips(full):
    short = {clip.clip for clip in annotation.annotate(full, "smic").clips}
    absent = short - {clip.folder.name for clip in read(full).clips}
    assert absent > {"s3_ne_03", "s3_ne_20", "s4_ne_05", "s4_ne_06", "s9_sur_02"}
    assert absent == {*smic.LOST, *smic.SHARED}


def test_one_person_is_one_key_in_all_sets(full):
    people = {clip.person for clip in annotation.annotate(full, "smic").clips}
    assert {clip.person for clip in read(full).clips} == people


def test_the_spans_bound_the_frames_on_disk(full):
    for clip in read(full).clips:
        numbers = list(index_frames(clip.folder))
        assert numbers[0] < clip.onset <= numbers[-1], "a long clip begins before its first one"
        assert clip.apex == -1


def test_a_plain_row(small):
    clip = read(small.root).clips[0]
    numbers = list(index_frames(small.long / "s01" / "s1_ne_01"))
    assert (clip.dataset, clip.subject, clip.person) == ("smic_hs_e", "s1", "smic/1")
    assert (clip.clip, clip.emotion, clip.action_units) == ("s1_ne_01", "negative", "")
    assert (clip.onset, clip.offset) == (numbers[3], numbers[-4])
    assert clip.folder == small.long / "s01" / "s1_ne_01"


def test_planted_cells_are_read(small):
    """FirstF in words, padded text, numbers as text, an offset beyond the frames, notes."""
    source = read(small.root)
    assert [clip.clip for clip in source.clips] == [
        *("s1_ne_01", "s1_po_01", "s1_sur_01", "s3_ne_01", "s3_po_01", "s3_sur_01")
    ]
    assert source.skipped == ()
    beyond = source.clips[4]
    assert beyond.offset > max(index_frames(beyond.folder))


@pytest.mark.parametrize("name", ["s01_ne_01", "S1_NE_1", " s1_ne_01 "])
def test_names_match_however_they_are_padded(small, name):
    small.edit(B2=name)
    assert read(small.root).clips[0].clip == "s1_ne_01"


@pytest.mark.parametrize("nothing", ["", 0, "-", "/", " "])
def test_no_second_micro_expression(small, nothing):
    small.edit(F2=nothing, G2=nothing, H2=nothing, I2=nothing)
    source = read(small.root)
    assert (len(source.clips), source.skipped) == (6, ())


@pytest.mark.parametrize(
    ("cells", "clip", "reason"),
    [
        ({"A2": 7}, "s1_ne_01", "row 2 is of subject 7, its clip of subject 1"),
        ({"A2": "one"}, "s1_ne_01", "row 2 is of subject one, its clip of subject 1"),
        ({"Q2": "positive"}, "s1_ne_01", "row 2 says positive, the name of its clip negative"),
        ({"Q2": None}, "s1_ne_01", "row 2 says no emotion, the name of its clip negative"),
        ({"D2": None}, "s1_ne_01", "D2 is empty, expected a frame number"),
        ({"D2": None, "E2": None}, "s1_ne_01", "D2 is empty, expected a frame number"),
        ({"D2": "?"}, "s1_ne_01", "D2 is '?', expected a frame number"),
        ({"E2": 3}, "s1_ne_01", " to 3: the offset comes before the onset"),
        ({"D2": -3}, "s1_ne_01", "D2 is '-3', expected a frame number"),
        ({"D2": 12.5}, "s1_ne_01", "D2 is '12.5', expected a frame number"),
        ({"F2": 7}, "s1_ne_01_me2", "G2 is empty, expected a frame number"),
        ({"F2": 7, "G2": "x"}, "s1_ne_01_me2", "G2 is 'x', expected a frame number"),
        ({"B2": "../../etc"}, "../../etc", "row 2 names '../../etc', expected a clip such as"),
        ({"B2": None}, "", "row 2 names 'nothing', expected a clip"),
        ({"B2": "s1_ne_９"}, "s1_ne_９", "row 2 names 's1_ne_９', expected a clip"),
        ({"B2": "s1_ne_09"}, "s1_ne_09", "row 2 names a clip that has no folder"),
        ({"B3": "s1_ne_01", "Q3": "negative"}, "s1_ne_01", "row 3 names the clip a second time"),
    ],
)
def test_rows_that_cannot_be_built_are_listed_with_the_reason(small, cells, clip, reason):
    small.edit(**cells)
    (skipped,) = read(small.root).skipped
    assert skipped.clip == clip and reason in skipped.reason


def test_notes_may_stand_in_any_column(small):
    small.edit(A20="a note", B21="another", J22="one more")
    assert read(small.root).skipped == ()


def test_folders_without_a_row_and_stray_ones_are_listed(small):
    for stray in ("s01/s1_ne_09", "s01/s3_ne_08", "s01/aligned", "notes"):
        (small.long / stray).mkdir(parents=True)
    (small.long / "Thumbs.db").write_bytes(b"")
    source = read(small.root)
    assert set(source.unannotated) == {"s01/s1_ne_09", "s01/s3_ne_08", "s01/aligned", "notes"}
    assert len(source.clips) == 6


def test_a_folder_that_lies_with_another_subject_is_not_taken(small):
    (small.long / "s03/s3_ne_01").rename(small.long / "s01/s3_ne_01")
    source = read(small.root)
    assert source.unannotated == ("s01/s3_ne_01",)
    (skipped,) = source.skipped
    assert (skipped.subject, skipped.clip) == ("s3", "s3_ne_01")
    assert skipped.reason == "row 5 names a clip that has no folder"


def test_two_folders_of_one_clip_are_refused(small):
    (small.long / "s1" / "s1_ne_01").mkdir(parents=True)
    with pytest.raises(UserError, match="are folders of one clip"):
        read(small.root)


@pytest.mark.parametrize("content", [b"", b"a,b,c\n1,2,3\n", b"<html></html>", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_workbook(small, content):
    small.workbook.write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be read as an \.xlsx|is empty, or"):
        read(small.root)


@pytest.mark.parametrize("column", ["A", "B", "D", "G", "Q"])
def test_a_missing_column_is_named(small, column):
    small.edit(**{f"{column}1": "Something"})
    head = smic.LONG_HEADER["ABCDEFGHIJKLMNOPQ".index(column)].lower()
    with pytest.raises(UserError, match=f"needs a row headed .* lacks {head}: is this the"):
        read(small.root)


def test_frames_without_a_workbook_and_a_workbook_without_frames(small):
    small.long.rename(small.root / "elsewhere")
    with pytest.raises(UserError, match="holds no long HS-E frames"):
        read(small.root)
    small.workbook.unlink()
    with pytest.raises(UserError, match="holds no annotation of HS-E"):
        read(small.root)


@pytest.mark.parametrize("camera", ["VIS", "NIR"])
def test_the_slow_cameras_have_long_clips_and_workbooks_of_their_own(small, camera):
    name = f"smic_{camera.lower()}_e"
    with pytest.raises(UserError, match=f"no annotation of {camera}-E, expected SMIC-{camera}"):
        long_clips.annotate(small.root, name)
    shutil.copy(small.workbook, small.root / f"SMIC-{camera}-E_annotation.xlsx")
    with pytest.raises(UserError, match=f"no long {camera}-E frames, exp.*{camera}_long/"):
        long_clips.annotate(small.root, name)
    place = small.long.parents[1] / f"{camera}_long" / f"SMIC-{camera}-E"
    shutil.copytree(small.long / "s03", place / "s03")
    source = long_clips.annotate(small.root, name)
    assert source.file.name == f"SMIC-{camera}-E_annotation.xlsx"
    assert [(c.dataset, c.person, c.clip) for c in source.clips] == [
        (name, "smic/3", clip) for clip in ("s3_ne_01", "s3_po_01", "s3_sur_01")
    ]
    assert {clip.folder.parents[1] for clip in source.clips} == {place}
    assert len(source.skipped) == 3  # of subject 1, who has no folder here
    assert len(read(small.root).clips) == 6  # and HS-E is as it was


def test_a_workbook_that_bounds_one_each_is_named_by_what_it_lacks(small):
    small.edit(F1=None, G1=None, H1=None, I1=None)
    with pytest.raises(UserError, match=r"lacks onset2f, offset2f, onset3f, offset3f: is this"):
        read(small.root)
    small.edit(F1="Onset2F", G1="Offset2F", H1="Onset3F", I1="Offset3F")
    assert len(read(small.root).clips) == 6
