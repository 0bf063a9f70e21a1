"""Where licensees' copies of CASME II hold the workbook and the frames; no image is read here."""

import shutil

import pytest

from data_builders.casme2 import annotation
from mol_jax.errors import UserError

WORKBOOK = annotation.WORKBOOKS[0]


@pytest.fixture
def one(tree):
    """A tree with one clip."""
    tree.add("01", "EP02_01f")
    tree.write_workbook()
    return tree


def folders(source):
    return [clip.folder for clip in annotation.annotate(source, "casme2").clips]


@pytest.mark.parametrize("place", ["CASME2-coding", "docs/v2", "CASME2_RAW_selected"])
def test_the_workbook_may_lie_deeper(one, place):
    (one.root / place).mkdir(parents=True, exist_ok=True)
    (one.root / WORKBOOK).rename(one.root / place / WORKBOOK)
    assert folders(one.root) == [one.frames / "sub01/EP02_01f"]


def test_the_source_may_be_one_level_above(one):
    (one.root.parent / "SAMM").mkdir()
    assert folders(one.root.parent) == [one.frames / "sub01/EP02_01f"]


def test_an_archive_that_unpacked_doubled_is_read_from_above(one):
    doubled = one.frames / "CASME2_RAW_selected"
    one.frames.rename(one.root / "x")
    one.frames.mkdir()
    (one.root / "x").rename(doubled)
    assert folders(one.root.parent) == [doubled / "sub01/EP02_01f"]


def test_the_workbook_that_lies_least_deep_is_read(one):
    (one.root / "old").mkdir()
    (one.root / "old" / annotation.WORKBOOKS[1]).write_bytes(b"not read")
    assert annotation.annotate(one.root, "casme2").file == one.root / WORKBOOK


def test_two_workbooks_equally_deep_are_refused(one):
    for place in ("a", "b"):
        (one.root / place).mkdir()
        shutil.copy(one.root / WORKBOOK, one.root / place)
    (one.root / WORKBOOK).unlink()
    with pytest.raises(UserError, match=rf"holds .*a/{WORKBOOK} and .*b/{WORKBOOK}, expected one"):
        annotation.annotate(one.root, "casme2")


def test_a_workbook_among_the_clips_or_of_a_mac_is_not_taken(one):
    for place in ("CASME2_RAW_selected/sub01", "__MACOSX", ".old"):
        (one.root / place).mkdir(exist_ok=True)
        shutil.copy(one.root / WORKBOOK, one.root / place)
    (one.root / WORKBOOK).unlink()
    (one.root / f"~${WORKBOOK}").write_bytes(b"")
    (one.root / f"._{WORKBOOK}").write_bytes(b"")
    with pytest.raises(UserError, match="holds no coding workbook, expected CASME2-coding"):
        annotation.annotate(one.root, "casme2")


@pytest.mark.parametrize("place", [".", "CASME2-coding"])
@pytest.mark.parametrize(
    "name",
    [
        *("CASME2-coding-20140508.xls", "casme2-coding-updated.XLS", "CASME2-coding-20140508.csv"),
        *("CASME2_coding.ods", "CASME2 coding 2014.tsv", "CASME2-coding-20140508.xlsb"),
    ],
)
def test_an_old_workbook_is_to_be_saved_anew(one, place, name):
    (one.root / WORKBOOK).unlink()
    (one.root / place).mkdir(exist_ok=True)
    (one.root / place / name).write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(UserError, match=rf"{name} has the format \.\w+, expected \.xlsx: ope"):
        annotation.annotate(one.root, "casme2")


def test_an_old_workbook_beside_the_new_one_does_not_matter(one):
    (one.root / "CASME2-coding-20140508.xls").write_bytes(b"")
    assert len(folders(one.root)) == 1


@pytest.mark.parametrize(
    "name", ["casme2-coding-20140508.XLSX", "CASME2_coding.xlsx", "CASME2 coding.xlsm"]
)
def test_a_workbooks_name_may_be_spelt_otherwise(one, name):
    (one.root / WORKBOOK).rename(one.root / name)
    assert len(folders(one.root)) == 1


def test_a_workbook_of_another_name_is_named(one):
    (one.root / WORKBOOK).rename(one.root / "labels.xlsx")
    with pytest.raises(UserError, match=r"there is labels\.xlsx; if that is it, rename it"):
        annotation.annotate(one.root, "casme2")


@pytest.mark.parametrize(
    "stray", ["sub99", "sub99/EP02_01f", "sub01/EP99", "CASME2_RAW_selected/sub99", "Cropped/sub1"]
)
def test_a_stray_subject_hides_no_clip(tree, stray):
    tree.frames = tree.root / "CASME2_RAW_selected" / "CASME2_RAW_selected"
    for subject in ("01", "02", "03"):
        tree.add(subject, "EP02_01f")
    tree.write_workbook()
    (tree.root / stray).mkdir(parents=True)
    source = annotation.annotate(tree.root, "casme2")
    assert {clip.folder.parents[1] for clip in source.clips} == {tree.frames}
    assert len(source.clips) == 3 and not source.skipped


def test_a_tree_with_few_of_the_clips_does_not_hide_the_one_with_all(tree):
    """An archive that was unpacked in part."""
    tree.frames = tree.root / "Cropped"
    for subject in ("01", "02", "03"):
        tree.add(subject, "EP02_01f")
    tree.write_workbook()
    (tree.root / "CASME2_RAW_selected/sub01/EP02_01f").mkdir(parents=True)
    assert {folder.parents[1] for folder in folders(tree.root)} == {tree.frames}
    # With half of them, the better images are read.
    (tree.root / "CASME2_RAW_selected/sub02/EP02_01f").mkdir(parents=True)
    source = annotation.annotate(tree.root, "casme2")
    assert {c.folder.parents[1] for c in source.clips} == {tree.root / "CASME2_RAW_selected"}
    assert [(s.subject, s.reason) for s in source.skipped] == [("sub03", "no such folder")]


@pytest.mark.parametrize("place", ["CASME2_compressed/sub14", "CASME2_RAW/sub14", "sub14"])
def test_compressed_videos_alone_are_refused(tree, place):
    tree.add("14", "EP04_04f")
    tree.write_workbook()
    shutil.rmtree(tree.frames)
    (tree.root / place).mkdir(parents=True)
    (tree.root / place / "EP04_04f.avi").write_bytes(b"RIFF")
    with pytest.raises(UserError, match=r"videos such as sub14/EP04_04f\.avi and no images, and"):
        annotation.annotate(tree.root, "casme2")


def test_videos_beside_the_images_do_not_matter(one):
    (one.root / "CASME2_compressed/sub01").mkdir(parents=True)
    (one.root / "CASME2_compressed/sub01/EP02_01f.avi").write_bytes(b"RIFF")
    (one.frames / "sub01/EP02_01f.avi").write_bytes(b"RIFF")
    source = annotation.annotate(one.root, "casme2")
    assert len(source.clips) == 1 and not source.unannotated


@pytest.mark.parametrize("row", [["99", "EP01"], ["../..", "etc"], ["01", "../sub01/EP02_01f"]])
def test_rows_of_no_folder_choose_none(one, row):
    one.rows.append([*row, None, 1, 2, 3, None, "4", "disgust"])
    one.write_workbook()
    assert len(folders(one.root)) == 1
