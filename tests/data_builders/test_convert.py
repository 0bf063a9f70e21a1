"""Tables of labels from the sheets of datasets without a builder, on generated ones."""

import csv
import os
import shlex
from pathlib import Path

import cv2
import openpyxl
import pytest

from data_builders.build import main as build
from data_builders.convert import main
from data_builders.datasets import BUILDERS
from data_builders.folder import annotation as folder
from data_builders.recipes import names
from data_builders.recipes.sheets import SHEETS
from data_builders.views.find import get_view
from mol_jax.errors import UserError
from tests.data_builders.conftest import pattern
from tests.data_builders.diagnosis.conftest import Report

CASME = ["Subject", "Filename", None, "OnsetF", "ApexF1", "ApexF2", "OffsetF", None]
CASME += ["Onset", "Total", "AU", "Emotion"]
CASME3 = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]
MMEW = ["Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame"]
MMEW += ["Action Units", "Estimated Emotion", "remarks"]


def casme(frames):
    frames("sub01/EP01_1", "EP01_1-{}.jpg", 10, 14)
    frames("sub02/EP01_1", "EP01_1-{:03d}.jpg", 5, 9)
    yield 1, "EP01_1", None, 10, 12, None, 14, None, 1.0, 2.0, "4+17", "Tense"
    yield 2, "EP01_1", None, 5, 7, 8, 99, None, 1.0, 2.0, 12, "happiness"
    yield 2, "EP09_9", None, 5, 7, 8, 9, None, 1.0, 2.0, 12, "happiness"
    yield 2, "EP01_1", None, 4, 7, 8, 9, None, 1.0, 2.0, 12, "happiness"


def casme3(frames):
    frames("frame/spNO.1_a_5", "{}.jpg", 5, 9)
    frames("depth/spNO.1_a_5", "{}.png", 5, 9)
    frames("frame/SpNo.1_A_12", "{}.jpg", 12, 14)
    yield "spNO.1", "a", 5, 7, 9, "1,2", 1, "disgust "
    yield "spNO.1", "a", 12, 40, 14, "4", 2, "Happy"
    yield "spNO.2", "b", 1, 2, 3, "4", 2, "happy"
    yield "spNO.1", "a", "?", 2, 3, "4", 2, "happy"


def mmew(frames):
    frames("Micro/happiness/S03-01-002", "{}.jpg", 1, 5)
    frames("Micro/S13/repression/S13-07-001", "{}.jpg", 1, 3)
    frames("Macro_Expression/happiness/S03-01-002", "{}.jpg", 1, 5)
    yield "03", "S03-01-002", 1, 3, 5, "12", "happiness", None
    yield "13", "S13-07-001", 1, "/", 3, "4", "others", "a remark"


WANTED = {
    "casme": [
        "sub01,sub01/EP01_1,tense,10,12,14,EP01_1,4+17",
        "sub02,sub02/EP01_1,happiness,5,7,9,EP01_1,12",
    ],
    "casme3": [
        'spNO.1,frame/spNO.1_a_5,disgust,5,7,9,a_5,"1,2"',
        "spNO.1,frame/SpNo.1_A_12,happy,12,,14,a_12,4",
    ],
    "mmew": [
        "S03,Micro/happiness/S03-01-002,happiness,1,3,5,S03-01-002,12",
        "S13,Micro/S13/repression/S13-07-001,others,1,,3,S13-07-001,4",
    ],
}
LEFT_OUT = {
    "casme": ["left out sub02/EP09_9: no such folder", "left out sub02/EP01_1: row 5 names the"],
    "casme3": ["left out spNO.2/b_1: no such folder", "C5 is '?', expected a frame number"],
    "mmew": [],
}
MAKE = {"casme": (casme, CASME), "casme3": (casme3, CASME3), "mmew": (mmew, MMEW)}


@pytest.fixture
def source(tmp_path):
    """Makes a dataset and its sheet; returns the folder, and the sheet's file."""

    def make(name):
        root = tmp_path / name

        def frames(place, file, first, last):
            (root / place).mkdir(parents=True)
            for number in range(first, last + 1):
                assert cv2.imwrite(str(root / place / file.format(number)), pattern(number))

        rows, header = MAKE[name]
        book = openpyxl.Workbook()
        book.active.title = "label"
        for row in [header, *rows(frames)]:
            book.active.append(row)
        book.save(tmp_path / f"{name}.xlsx")
        return root, tmp_path / f"{name}.xlsx"

    return make


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_becomes_a_table_that_folder_reads(name, source, capsys):
    root, book = source(name)
    assert main([name, f"--workbook={book}", f"--source={root}"]) == 0
    out = capsys.readouterr().out
    lines = (root / "labels.csv").read_text().splitlines()
    assert lines == ["subject,path,label,onset,apex,offset,clip,action_units", *WANTED[name]]
    assert all(text in out for text in LEFT_OUT[name])
    assert f"2 clips of {1 + (name != 'casme3')} subject" in out and "not read" not in out
    found = folder.annotate(root, "folder", root / "labels.csv")
    assert len(found.clips) == 2 and found.notes == ()
    assert main([name, f"--workbook={book}", f"--source={root}"]) == 2
    assert "labels.csv is there already: move it away" in capsys.readouterr().err


def test_what_was_changed_is_said(source, capsys):
    root, book = source("casme")
    main(["CASME", f"--workbook={book}", f"--source={root}", f"--out={root.parent / 'x (1).csv'}"])
    out = capsys.readouterr().out
    # The command can be copied, whatever the names hold.
    assert shlex.split(out.splitlines()[-1])[-1] == f"--labels={root.parent / 'x (1).csv'}"
    assert "sub02/EP01_1: ends at its last frame 9, not 99" in out
    with (root.parent / "x (1).csv").open(newline="") as file:
        assert len(list(csv.reader(file))) == 3


BAD = [
    (["casme_sq"], "CAS(ME)^2 has no builder of its own: build it as folder"),
    (["nothing"], "there is no sheet of 'nothing' to convert, expected one of casme, casme3"),
    (["mmew"], "needs a row headed Filename, OnsetFrame"),
    (["casme", "--source=nowhere"], "there is no folder nowhere: --source names"),
    (["casme", "--workbook=nowhere"], "cannot read the workbook nowhere: No such file"),
    (["casme", "--out=/nowhere/at/all.csv"], "/nowhere/at/all.csv cannot be written (No such file"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_is_one_sentence(source, capsys, arguments, words):
    root, book = source("casme")
    name, *others = arguments
    assert main([name, f"--workbook={book}", f"--source={root}", *others]) == 2
    err = capsys.readouterr().err
    assert words in err and err.count("\n") == 1
    assert not (root / "labels.csv").exists()


def test_a_folder_whose_name_no_table_can_hold_leaves_none(source, capsys):
    root, book = source("casme")
    odd = root / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    (root / "sub01").rename(odd / "sub01")
    assert main(["casme", f"--workbook={book}", f"--source={root}"]) == 2
    assert "a folder's name is no UTF-8, near " in capsys.readouterr().err
    assert not (root / "labels.csv").exists()


def test_two_folders_of_one_clip_are_refused(source, capsys):
    root, book = source("casme")
    (root / "copy" / "sub1" / "ep01_1").mkdir(parents=True)
    assert main(["casme", f"--workbook={book}", f"--source={root}"]) == 2
    assert "are folders of one clip, expected one" in capsys.readouterr().err


SPELLINGS = {
    "casme": ("CASME", "casme1", "CASME I", "casme-i"),
    "casme_sq": ("CAS(ME)^2", "cas(me)2", "CAS(ME)²", "casme^2", "casme_sq", "CASME squared"),
    "casme3": ("casme3", "casme_3", "CAS(ME)^3", "cas(me)3", "CASME III", "casme3-part-A"),
    "mmew": ("MMEW", "mmew"),
    "4dme": ("4DME", "4D-ME", "4DMicro"),
    "samm_lv": ("SAMM-LV", "sammlv", "SAMM Long Videos", "samm_long_videos", "SAMM_longvideos"),
}


@pytest.mark.parametrize(("name", "spelling"), [(n, s) for n in SPELLINGS for s in SPELLINGS[n]])
def test_any_usual_name_leads_to_its_recipe(name, spelling, tmp_path, capsys):
    assert names.named(spelling).name == name
    assert build([spelling, f"--source={tmp_path}"]) == 2
    assert "build it as folder, with a table of labels as docs/rec" in capsys.readouterr().err
    with pytest.raises(UserError, match="has no builder of its own"):
        get_view(spelling, "all")


def test_datasets_with_a_builder_are_none_of_these():
    others = [*BUILDERS, "CASME2", "casme_2", "CASME II", "composite", "", "samm long"]
    assert [name for name in others if names.named(name)] == ["samm long"]


def test_every_recipe_has_its_section():
    page = Path(__file__).parents[2] / names.PAGE
    text = page.read_text(encoding="utf-8")
    for recipe in names.RECIPES:
        _, heading, section = text.partition(f"\n## {recipe.title}\n")
        section = section.partition("\n## ")[0]
        assert heading and "https://" in section and "| `label` |" in section
        assert (f"data_builders.convert {recipe.name} " in section) == (recipe.name in SHEETS)
        assert recipe.converted == (recipe.name in SHEETS)
        assert recipe.anchor.partition("#")[2] in text  # the table's links


def test_the_doctor_knows_them_by_their_files(small_tree):
    for name in ("CASME2-coding-20140508.xlsx",):
        (small_tree.root / name).rename(small_tree.root / "CAS(ME)^2code_final.xlsx")
    report = Report("casme2", small_tree.root)
    assert report.code == 2 and "names here speak of CAS(ME)^2: CAS(ME)^2 has no b" in report.text
