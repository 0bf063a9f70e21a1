import pytest

from data_builders.smic import layout
from data_builders.smic.layout import ClipName
from mol_jax.errors import UserError


@pytest.mark.parametrize(
    "text", ["s3_sur_01", "s03_sur_01", "s003_sur_1", " S3_SUR_01 ", "s3_Sur_001"]
)
def test_all_spellings_of_a_clip_are_one_name(text):
    name = ClipName.parse(text)
    assert name == ClipName(3, "sur", 1)
    assert (str(name), name.emotion) == ("s3_sur_01", "surprise")


@pytest.mark.parametrize(
    "text",
    ["", "s3", "s3_ne", "3_ne_01", "s3_ne_01b", "s3_neg_01", "s3_ne_01/..", "../../etc", "s٣_ne_01"]
    + ["s3-ne-01", "s" + "3" * 5000 + "_ne_01", "Thumbs.db", "s3_ne_01 (copy)", "s3_ne_-1"],
)
def test_anything_else_is_no_clip(text):
    assert ClipName.parse(text) is None


@pytest.mark.parametrize(("text", "number"), {"3": 3, "s3": 3, "s03": 3, "S20": 20}.items())
def test_subjects_are_numbers(text, number):
    assert layout.subject_number(text) == number


@pytest.mark.parametrize("text", ["", "s", "sub3", "3.5", "s3_ne_01", "1" * 5000, "NaN"])
def test_other_texts_are_no_subject(text):
    assert layout.subject_number(text) is None


def test_subjects_are_in_the_order_of_their_numbers(tmp_path):
    for name in ("s10", "s2", "s03", "sub01", "micro"):
        (tmp_path / name).mkdir()
    (tmp_path / "s1").write_text("a file")
    assert [f.name for f in layout.subject_folders(tmp_path)] == ["s2", "s03", "s10"]


@pytest.mark.parametrize(
    "nested",
    ["SMIC_all_raw/HS", "SMIC_all_raw/SMIC_all_raw/HS", "HS", "SMIC_all_raw/HS/HS", "a/b/c/d/hs"],
)
def test_the_frames_are_found_however_deep_they_were_unpacked(tmp_path, nested):
    (tmp_path / nested / "s1").mkdir(parents=True)
    assert layout.short_root(tmp_path, "HS") == tmp_path / nested


@pytest.mark.parametrize("below", ["", "SMIC_all_raw", "SMIC_all_raw/HS"])
def test_the_source_may_be_any_folder_above_the_subjects(tmp_path, monkeypatch, below):
    (tmp_path / "SMIC_all_raw/HS/s1").mkdir(parents=True)
    root = tmp_path / "SMIC_all_raw/HS"
    assert layout.short_root(tmp_path / below, "HS") == root
    monkeypatch.chdir(tmp_path / below)
    assert layout.short_root(tmp_path.__class__("."), "HS").resolve() == root


@pytest.mark.parametrize("cropped", ["SMIC_all_cropped/HS", "smic-all-cropped/HS/HS"])
def test_raw_frames_are_read_and_cropped_ones_only_without_them(tmp_path, cropped):
    (tmp_path / cropped / "s1").mkdir(parents=True)
    assert layout.short_root(tmp_path, "HS") == tmp_path / cropped
    (tmp_path / "SMIC_all_raw/HS/s1").mkdir(parents=True)
    assert layout.short_root(tmp_path, "HS") == tmp_path / "SMIC_all_raw/HS"


def test_other_cameras_long_clips_and_a_macs_leftovers_are_not_taken_for_hs(tmp_path):
    for folder in ("SMIC_all_raw/VIS", "x/HS_long/SMIC-HS-E", "__MACOSX/HS", ".HS/HS", "HS_E"):
        (tmp_path / folder / "s1").mkdir(parents=True)
    (tmp_path / "HS").mkdir()  # empty
    with pytest.raises(UserError, match=r"holds no HS frames, expected SMIC_all_raw/HS/s1/micro"):
        layout.short_root(tmp_path, "HS")


def test_two_trees_are_refused(tmp_path):
    for folder in ("SMIC_all_raw", "SMIC_all_raw (copy)"):
        (tmp_path / folder / "HS/s1").mkdir(parents=True)
    with pytest.raises(UserError, match=r"holds HS frames twice, .*raw/HS and .*copy\)/HS: move"):
        layout.short_root(tmp_path, "HS")


@pytest.mark.parametrize(
    "nested",
    ["SMIC-E_raw image/HS_long/SMIC-HS-E", "HS_long/SMIC_HS_E", "SMIC-HS-E/SMIC-HS-E", "HS_long"],
)
def test_the_long_clips_are_found(tmp_path, nested):
    (tmp_path / nested / "s01").mkdir(parents=True)
    (tmp_path / "SMIC-E_raw image/VIS_long/SMIC-VIS-E/s11").mkdir(parents=True)
    (tmp_path / "SMIC_all_raw/HS/s1").mkdir(parents=True)
    assert layout.long_root(tmp_path, "HS") == tmp_path / nested


def test_no_long_clips(tmp_path):
    (tmp_path / "SMIC_all_raw/HS/s1").mkdir(parents=True)
    with pytest.raises(UserError, match="holds no long HS-E frames, expected SMIC-E_raw image/HS"):
        layout.long_root(tmp_path, "HS")


@pytest.mark.parametrize(
    "name",
    ["SMIC-HS-E_annotation.xlsx", "SMIC-HS-E_annotation_2019.xlsx", "SMIC_HS_E_annotation.XLSX"]
    + ["SMIC-HS-E_annotation_orig.xlsx", "SMIC-E_raw image/HS_long/SMIC-HS-E_annotation.xlsx"],
)
def test_the_workbook_has_several_names_and_places(tmp_path, name):
    (tmp_path / "SMIC-E_raw image/HS_long/SMIC-HS-E/s01").mkdir(parents=True)
    for other in (name, "SMIC-VIS-E_annotation.xlsx", "~$SMIC-HS-E_annotation.xlsx", "notes.xlsx"):
        (tmp_path / other).write_bytes(b"")
    assert layout.long_workbook(tmp_path, "HS") == tmp_path / name


def test_no_workbook_or_two(tmp_path):
    with pytest.raises(UserError, match=r"holds no annotation of HS-E, expected SMIC-HS-E_annot"):
        layout.long_workbook(tmp_path, "HS")
    for name in ("SMIC-HS-E_annotation.xlsx", "SMIC-HS-E_annotation_2019.xlsx"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(UserError, match=r"twice, .*annotation\.xlsx and .*_2019\.xlsx: move the"):
        layout.long_workbook(tmp_path, "HS")


@pytest.mark.parametrize("camera", ["VIS", "NIR"])
def test_the_long_clips_of_the_slow_cameras_are_siblings(tmp_path, camera):
    for name in ("HS", "VIS", "NIR"):
        (tmp_path / f"SMIC-E_raw image/{name}_long/SMIC-{name}-E/s11").mkdir(parents=True)
    for name in ("SMIC-HS-E_annotation_2019", "SMIC_VIS_E_annotation", "SMIC-NIR-E_annotation"):
        (tmp_path / f"{name}.xlsx").write_bytes(b"")
    root = tmp_path / f"SMIC-E_raw image/{camera}_long/SMIC-{camera}-E"
    assert layout.long_root(tmp_path, camera) == root
    assert camera in layout.long_workbook(tmp_path, camera).name


@pytest.mark.parametrize("suffix", [".xls", ".ods", "_2019.csv"])
def test_an_old_workbook_is_to_be_saved_anew(tmp_path, suffix):
    (tmp_path / f"SMIC-HS-E_annotation{suffix}").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(UserError, match=r"_annotation.* has the format \..*, expected \.xlsx: op"):
        layout.long_workbook(tmp_path, "HS")
    (tmp_path / "SMIC-HS-E_annotation.xlsx").write_bytes(b"")
    assert layout.long_workbook(tmp_path, "HS").suffix == ".xlsx"


@pytest.mark.parametrize("stray", ["s99", "SMIC_all_raw/s99", "SMIC_all_raw/HS/s99/old"])
def test_a_stray_subject_does_not_hide_the_clips_below(tmp_path, stray):
    (tmp_path / stray).mkdir(parents=True)
    clip = tmp_path / "SMIC_all_raw/HS/HS/s1/micro/negative/s1_ne_01"
    clip.mkdir(parents=True)
    assert layout.short_root(tmp_path, "HS") == tmp_path / "SMIC_all_raw/HS/HS"


def test_and_two_trees_with_clips_are_refused(tmp_path):
    for root in ("HS_long", "HS_long/SMIC-HS-E"):
        (tmp_path / root / "s01/s1_ne_01").mkdir(parents=True)
    with pytest.raises(UserError, match=r"holds long HS-E frames twice"):
        layout.long_root(tmp_path, "HS")
