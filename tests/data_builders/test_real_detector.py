"""Generated faces through the real path: files, dlib in two processes, alignment, TV-L1."""

import cv2
import dlib
import numpy as np
import pytest

from data_builders.build import build
from data_builders.pixels import faces
from data_builders.records.load import open_dataset
from data_builders.synthetic import generate

CONFIG = "t2_s72_clip"


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Two subjects with one clip each."""
    root = tmp_path_factory.mktemp("generated") / "raw"
    generate(
        root,
        subjects=2,
        clips=1,
        seed=0,
        emotions=("happiness", "surprise"),
        amplitude=(3.0, 4.0),
    )
    return root


@pytest.fixture(scope="module")
def data_dir(raw, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    build("synthetic", raw, data_dir=folder, frames=2, size=72, workers=2)
    return folder


@pytest.mark.slow
def test_every_generated_face_is_found(data_dir):
    source, metadata = open_dataset("synthetic", data_dir, CONFIG)
    assert len(source) == metadata["clips"] == 2
    assert metadata["missed_frames"] == 0 and metadata["skipped"] == []
    assert metadata["generated"] is True and metadata["predictor"]["sha256"]


@pytest.mark.slow
def test_landmarks_are_those_of_the_drawn_face(raw, data_dir):
    """Up to the one similarity of the clip, within 5 % of the distance between the eyes."""
    for record in open_dataset("synthetic", data_dir, CONFIG)[0]:
        file = raw / "ground_truth" / record["subject"] / f"{record['clip']}.npz"
        true = np.load(file)["landmarks"]
        found = record["landmarks"]
        assert true.shape == found.shape
        matrix, _ = cv2.estimateAffinePartial2D(true.reshape(-1, 2), found.reshape(-1, 2))
        mapped = true @ matrix[:, :2].T + matrix[:, 2]
        eyes = mapped[:, 42:48].mean(axis=1) - mapped[:, 36:42].mean(axis=1)
        error = np.linalg.norm(found - mapped, axis=-1).mean(axis=1) / np.linalg.norm(eyes, axis=1)
        assert error.mean() < 0.05


@pytest.mark.slow
def test_one_process_makes_the_same_records(raw, data_dir, tmp_path):
    build("synthetic", raw, data_dir=tmp_path, frames=2, size=72, workers=1)
    one = open_dataset("synthetic", tmp_path, CONFIG)[0]
    two = open_dataset("synthetic", data_dir, CONFIG)[0]
    for a, b in zip(one, two, strict=True):
        for name in a:
            np.testing.assert_array_equal(a[name], b[name])


@pytest.mark.slow
def test_a_face_that_fills_its_image_is_found(raw):
    """Cut between the brows and the chin and turned: dlib finds it only with room around it."""
    detector = faces.DlibDetector(faces.packaged_predictor())
    clip = next((raw / "CASME2_RAW_selected").glob("*/*"))
    image = cv2.imread(str(min(clip.iterdir())), cv2.IMREAD_GRAYSCALE)
    whole = detector(image)
    (left, top), (right, bottom) = whole.min(axis=0).astype(int), whole.max(axis=0).astype(int)
    crop = np.ascontiguousarray(image[top + 5 : bottom - 5, left + 10 : right - 10])
    assert not dlib.get_frontal_face_detector()(crop, 1)
    found = detector(crop) + (left + 10, top + 5)
    eyes = np.linalg.norm(whole[36:42].mean(axis=0) - whole[42:48].mean(axis=0))
    assert np.linalg.norm(found - whole, axis=1)[17:].mean() < 0.1 * eyes
