import shutil

import cv2
import numpy as np

from tests.data_builders.diagnosis.conftest import Report


def test_the_source_in_which_faces_are_found_is_best(whole):
    shutil.copytree(whole.frames, whole.root / "Cropped")
    for file in whole.frames.rglob("*.jpg"):
        cv2.imwrite(str(file), np.zeros((120, 100), np.uint8))
    report = Report("synthetic", whole.root)
    assert report.code == 2  # a build that reads the black images would stop
    assert any(line.startswith("Cropped looks better: CASME2_RAW_sel") for line in report.of("odd"))
    assert "CASME2_RAW_selected: 10 clips, 100 frames, a face in 0 of 30" in report.text
    shutil.rmtree(whole.frames)
    assert Report("synthetic", whole.root).code == 0


def test_one_source_is_not_compared(whole):
    assert "Frame sources" not in Report("synthetic", whole.root).text
