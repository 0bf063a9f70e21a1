"""The look-alikes at true scale: what is published is found, and so is what was planted."""

import pytest

from data_builders.synthetic.look_alikes import samm, smic
from tests.data_builders.diagnosis.conftest import Report


@pytest.fixture(scope="module")
def samm_tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("samm") / "SAMM"
    return samm.write_tree(root, faces=False, frames=(3, 4))


@pytest.fixture(scope="module")
def smic_tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("smic") / "SMIC"
    return smic.write_tree(root, faces=False, frames=(4, 6))


def test_samm_at_true_scale(samm_tree):
    report = Report("samm", samm_tree)
    assert report.code == 1
    ok = " ".join(report.of("ok"))
    assert "159 clips of 29 subjects" in ok
    assert "5class: 136 of 136 clips, 28 of 28 subjects (happiness 26, anger 57" in ok
    assert "3class: 133 of 133 clips, 28 of 28 subjects (negative 92" in ok
    assert len(report.below("3 clips without an apex between onset and offset")) == 3
    assert report.below("1 clip folder without annotation") == ["006/006_7_9"]
    assert len(report.below("159 clips of fewer than t = 8")) == 159
    assert "545 images of a single grey value: read like any other" in report.of("odd")


def test_smic_at_true_scale(smic_tree):
    report = Report("smic", smic_tree)
    ok = " ".join(report.of("ok"))
    assert "3class: 164 of 164 clips, 16 of 16 subjects (negative 70, positive 51" in ok
    assert "no clip has an apex: t = 2 takes the middle frame" in report.of("note")
    raw, cropped = [line for line in report.of("note") if line.startswith("SMIC_all")]
    assert raw.startswith("SMIC_all_raw/SMIC_all_raw: 164 clips") and raw.endswith("this is read")
    assert cropped.startswith("SMIC_all_cropped: 163 clips")
    assert "SMIC_all_raw/SMIC_all_raw is read, and none of the others is better" in ok
    long = Report("smic_hs_e", smic_tree, sample=1)
    assert "3class: 161 clips, 16 subjects" in " ".join(long.of("ok")) and long.code == 1
    slow = Report("smic_nir", smic_tree, sample=1)
    assert "3class: 71 of 71 clips, 8 of 8 subjects" in " ".join(slow.of("ok"))


def test_cropped_smic_alone_lacks_what_the_authors_lack(smic_tree):
    report = Report("smic", smic_tree / "SMIC_all_cropped", sample=1)
    assert report.below("annotated clip that cannot") == [
        "s18/s18_sur_03: its folder holds no image"
    ]
    assert [line.split(",")[0] for line in report.below("frames missing within")] == [
        "s3/s3_ne_16",
        "s3/s3_po_08",
        "s3/s3_sur_01",
        "s3/s3_sur_05",
    ]
    assert report.below("3class: 163 of 164 clips")[1].startswith("by class: negative 70")
