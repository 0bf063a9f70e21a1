"""The trial of `benchmarks/own_photographs.py`: a folder that the builder reads, and that moves."""

import csv

import cv2
import numpy as np
import pytest

from benchmarks import own_photographs
from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.folder.annotation import annotate


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    out = tmp_path_factory.mktemp("trial") / "photographs"
    own_photographs.write(out, own_photographs.photographs("matplotlib"), people=2, clips=1, seed=3)
    return out


def test_the_builder_reads_it_and_knows_it_for_generated(photos):
    annotated = annotate(photos, "folder", photos / "labels.csv")
    assert [clip.subject for clip in annotated.clips] == ["p01", "p02"]
    assert {clip.emotion for clip in annotated.clips} == {"happiness"}
    assert not annotated.unannotated and (photos / GENERATED_MARKER).is_file()


def test_a_face_moves_to_its_apex_and_back(photos):
    with open(photos / "labels.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        onset, apex, offset = (
            _grey(photos, line, column) for column in ("onset", "apex", "offset")
        )
        moved, still = (np.abs(image - onset)[170:330, 70:210].mean() for image in (apex, offset))
        assert moved > 1.15 * still, "of the lower face, whose lip corners happiness pulls"


def test_people_of_one_photograph_look_different(photos):
    first, second = (
        cv2.imread(str(min((photos / name).rglob("*.png")))) for name in ("p01", "p02")
    )
    assert np.abs(first.astype(float) - second).mean() > 10


def test_it_says_what_to_install_and_writes_nothing(tmp_path, monkeypatch, capsys):
    lacking = {"scikit-image": ("no_such_module", "astronaut.png")}
    monkeypatch.setattr(own_photographs, "PHOTOGRAPHS", lacking)
    assert own_photographs.main([f"--out={tmp_path / 'photographs'}"]) == 2
    said = capsys.readouterr().err
    assert "pip install scikit-image" in said and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def _grey(root, line, column):
    file = root / line["path"] / f"img{int(line[column]):03}.png"
    return cv2.imread(str(file), cv2.IMREAD_GRAYSCALE).astype(float)
