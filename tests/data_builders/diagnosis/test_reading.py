import cv2
import pytest

from data_builders.casme2 import annotation as casme2
from data_builders.datasets import BUILDERS
from data_builders.diagnosis import reading
from data_builders.records.record import RecordSettings
from data_builders.synthetic.look_alikes import smic
from tests.data_builders.conftest import pattern
from tests.data_builders.diagnosis.conftest import Report


@pytest.mark.parametrize("name", BUILDERS)
def test_every_dataset_has_an_expected_tree(name, tmp_path):
    (tmp_path / "notes.txt").write_text("")
    report = Report(name, tmp_path)
    assert report.code == 2 and len(report.of("bad")) == 1
    assert report.below("  note  in ") == ["notes.txt"]
    file, lines = reading.layout(name)
    assert f"Expected in --source, from {file}" in report.lines and len(lines) >= 2
    assert all(f"  {line}" in report.lines for line in lines)
    assert not any(line.startswith("python") for line in lines)


def test_the_dataset_is_found_one_folder_away_and_under_its_own_name(small_tree, tmp_path):
    smic_tree = smic.write_tree(
        tmp_path / "SMIC", faces=False, frames=(4, 4), subjects=(11,), clips=2
    )
    below = Report("casme2", small_tree.frames)
    assert f"this can be read: casme2 --source={small_tree.root}" in below.of("note")
    above = Report("casme2", small_tree.root.parent)
    assert "3 clips of 2 subjects" in above.of("ok")  # a build reads it from there too
    other = Report("samm", smic_tree)
    assert f"this can be read: smic_vis --source={smic_tree}" in other.of("note")
    real = Report("synthetic", small_tree.root)
    assert f"this can be read: casme2 --source={small_tree.root}" in real.of("note")


BAD_WORKBOOKS = {
    "csv renamed": b"Subject,Filename\n1,EP01\n",
    "html renamed": b"<html><table></table></html>",
    "empty": b"",
    "cut short": None,
}


@pytest.mark.parametrize("kind", BAD_WORKBOOKS)
def test_an_unreadable_workbook_is_one_sentence(small_tree, kind):
    file = small_tree.root / casme2.WORKBOOKS[0]
    file.write_bytes(BAD_WORKBOOKS[kind] or file.read_bytes()[:900])
    report = Report("casme2", small_tree.root)
    assert report.code == 2
    (bad,) = report.of("bad")
    assert "cannot be read as an .xlsx workbook" in bad and "Expected in --source" in report.text


def test_a_workbook_that_fits_no_folder(small_tree):
    for row in small_tree.rows:
        row[1] = "../../etc"
    small_tree.write_workbook()
    report = Report("casme2", small_tree.root)
    (bad,) = report.of("bad")
    assert report.code == 2 and bad.startswith("no clip could be built")
    assert "Expected in --source" in report.text


def test_frames_of_other_numbers_only(small_tree):
    for row in small_tree.rows:
        row[3:6] = [500, 501, 502]
    small_tree.write_workbook()
    report = Report("casme2", small_tree.root)
    assert report.code == 2 and "no clip has a frame on disk" in report.text
    assert "the folder holds 10 other frames, the last is 19" in report.text


def test_own_recordings(tmp_path):
    folder = tmp_path / "own" / "anna" / "clip"
    folder.mkdir(parents=True)
    for number in range(9):
        cv2.imwrite(str(folder / f"{number}.png"), pattern(number))
    table = tmp_path / "own" / "labels.csv"
    table.write_text("subject,path,label,offset\nanna,anna/clip,happy,\n")
    report = Report("folder", tmp_path / "own")
    assert report.code == 1 and "all: cannot be trained on" in report.text
    table.write_text("subject,path,label,onset,offset\na,anna/clip,happy,0,3\na,anna/clip,sad,4,\n")
    report = Report("folder", tmp_path / "own", settings=RecordSettings(2, 72), labels=table)
    assert report.code == 0 and "all: 2 clips, 1 subject" in report.text
    first = report.lines[report.lines.index("Verdict") :]
    assert sum("data_builders.build" in line for line in first) == 1  # not named again
    assert first[-1] == "  python -m mol_jax.main --config=configs/folder_small.py"
    table.write_text("subject,path,label\na,../../etc,happy\n")
    report = Report("folder", tmp_path / "own")
    assert report.code == 2 and "leads out of" in report.text and "folder_small" not in report.text
    assert "  labels.csv" in report.lines  # the expected tree


@pytest.mark.parametrize(("second", "odd"), [("anna", True), ("ben", False)])
def test_a_class_of_one_person_is_named(tmp_path, second, odd):
    lines = ["subject,path,label"]
    for subject, label in (("anna", "rare"), (second, "rare"), ("ben", "sad"), ("cara", "sad")):
        clip = tmp_path / f"{len(lines)}"
        clip.mkdir()
        for number in range(8):
            cv2.imwrite(str(clip / f"{number}.png"), pattern(number))
        lines.append(f"{subject},{len(lines)},{label}")
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    report = Report("folder", tmp_path)
    assert ("all: one person alone shows rare (folder/anna): leaving" in report.text) == odd
