"""Where licensees' copies of SAMM hold the workbook and the frames; no image is read here."""

import pytest

from data_builders.samm import annotation
from mol_jax.errors import UserError

WORKBOOK = annotation.WORKBOOKS[0]


@pytest.mark.parametrize(
    "nested", ["SAMM/SAMM", "SAMM_CROP", "SAMM_clip/SAMM_clip", "SAMM/SAMM_CROP", "samm", "."]
)
@pytest.mark.parametrize("inside", [False, True])
def test_layouts_in_use(tree, nested, inside):
    """The workbook lies in the source folder, or with the subjects."""
    tree.frames = tree.root / nested
    folder = tree.add("006", "006_1_2")
    tree.write_workbook(f"{nested}/{WORKBOOK}" if inside else WORKBOOK)
    assert [clip.folder for clip in annotation.annotate(tree.root, "samm").clips] == [folder]


def test_the_recorded_images_go_before_the_crops(tree):
    tree.frames = tree.root / "SAMM_CROP"
    tree.add("006", "006_1_2")
    tree.frames = tree.root / "SAMM"
    folder = tree.add("006", "006_1_2")
    tree.rows.pop()
    assert [clip.folder for clip in tree.read().clips] == [folder]


@pytest.mark.parametrize("name", [*annotation.WORKBOOKS, "SAMM_Micro_FACS_Codes_v3 (1).xlsx"])
def test_workbook_names_vary(tree, row, name):
    tree.write_workbook(name)
    (tree.root / "~$SAMM_Micro_FACS_Codes_v2.xlsx").write_bytes(b"lock")
    (tree.root / "._SAMM_Micro_FACS_Codes_v2.xlsx").write_bytes(b"macOS")
    (tree.root / "SAMM_LongVideos_V2_Release.xlsx").write_bytes(b"another dataset's")
    assert len(annotation.annotate(tree.root, "samm").clips) == 1


def test_the_workbook_may_lie_in_a_folder_of_its_own_and_is_not_read_as_xls(tree, row):
    tree.write_workbook()
    (tree.root / "docs").mkdir()
    (tree.root / WORKBOOK).rename(tree.root / "docs" / WORKBOOK)
    assert len(annotation.annotate(tree.root, "samm").clips) == 1
    (tree.root / "docs" / WORKBOOK).rename(tree.root / "docs" / WORKBOOK.removesuffix("x"))
    with pytest.raises(UserError, match=r"v2\.xls has the format \.xls, expected \.xlsx: open"):
        annotation.annotate(tree.root, "samm")


@pytest.mark.parametrize("stray", ["099", "123/123_1_1", "006", "SAMM/7", "SAMM_CROP/006/006_1_3"])
def test_a_stray_subject_hides_no_clip(tree, stray):
    tree.frames = tree.root / "SAMM" / "SAMM"
    for clip in ("006_1_2", "006_1_3", "006_1_4"):
        tree.add("006", clip)
    (tree.root / stray).mkdir(parents=True)
    source = tree.read()
    assert {clip.folder.parents[1] for clip in source.clips} == {tree.frames}
    assert len(source.clips) == 3 and not source.skipped
