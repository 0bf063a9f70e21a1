"""A drawn recording whose landmarks are known: where the faces lie that come back."""

import hashlib

import cv2
import numpy as np
import pytest

from data_builders.pixels import faces
from data_builders.pixels.faces import DlibDetector
from data_builders.synthetic import generate, truth
from mol_jax.predicting.predict import predict
from mol_jax.predicting.reading import recording
from mol_jax.predicting.reading.detection import own_detector
from tests.mol_jax import tiny
from tests.mol_jax.predicting import filmed
from tests.mol_jax.predicting.stand_in_model import StandInModel

LEFT, ABOVE = 37, 21  # px: where the drawn picture lies in that of the recording


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Grey pictures of a drawn clip on a larger ground, and its exact landmarks [n, 68, 2]."""
    root = tmp_path_factory.mktemp("generated") / "raw"
    generate(root, subjects=1, clips=1, seed=0, emotions=("surprise",), amplitude=(3.0, 4.0))
    (file,) = (root / "ground_truth").rglob("*.npz")
    known = truth.load(file)
    clip = root / "CASME2_RAW_selected" / file.parent.name / file.stem
    images = [
        cv2.imread(str(clip / f"img{known.onset + k}.jpg"), cv2.IMREAD_GRAYSCALE)
        for k in range(len(known.landmarks))
    ]
    ground = [cv2.copyMakeBorder(i, ABOVE, 30, LEFT, 60, cv2.BORDER_REPLICATE) for i in images]
    return ground, known.landmarks + np.float32((LEFT, ABOVE))


@pytest.mark.slow
@pytest.mark.parametrize("held", [2048, 250])
@pytest.mark.parametrize("alignment", ["clip", "per_frame"])
def test_predicted_landmarks_lie_within_a_pixel_of_the_truth(
    drawn, tmp_path, monkeypatch, held, alignment
):
    """With exact landmarks and a network that says where it saw them; also of a huge recording."""
    monkeypatch.setattr(recording, "HELD", held)
    images, exact = drawn
    file = filmed.write(tmp_path / "a.mkv", images, codec="ffv1", pix_fmt="gray")
    factor = -(-max(images[0].shape) // held)
    shown = [recording.shrunk(image) for image in images]
    of = dict(zip(map(digest, shown), (exact - (factor - 1) / 2) / factor, strict=True))
    config = tiny.config(**{"data.frames": 8, "data.alignment": alignment})
    found = predict(
        StandInModel(config),
        file,
        detector=lambda image: of[digest(image)].astype(np.float32),
        spotter=None,
    )
    (face,) = found.faces
    np.testing.assert_allclose(face.landmarks, exact, atol=1e-3)
    for window in face.windows:
        assert np.abs(window.landmarks - exact[window.sampled[1:]]).max() < 0.01


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


@pytest.mark.slow
def test_faces_searched_in_a_smaller_picture_have_landmarks_of_the_whole(drawn):
    images, exact = drawn
    large = cv2.resize(images[0], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    own = DlibDetector(faces.packaged_predictor(), searched=max(images[0].shape))
    (found,) = own.every(large)
    eyes = np.linalg.norm(exact[0, 36:42].mean(0) - exact[0, 42:48].mean(0))
    (whole,) = own.twin().every(images[0])
    error = np.linalg.norm((found - 1) / 3 - whole, axis=1).mean()
    assert error < 0.02 * eyes
    assert (found % 3).any(), "they are of the whole picture, not of every third pixel"


@pytest.mark.slow
def test_the_builders_detector_finds_a_drawn_face_in_every_frame(drawn, tmp_path):
    images, exact = drawn
    file = filmed.write(tmp_path / "a.mkv", images, codec="ffv1", pix_fmt="gray")
    result = predict(StandInModel(), file, spotter="flow", detector=own_detector())
    (face,) = result.faces
    assert face.found.all() and face.signal.shape == (len(images),)
    eyes = np.linalg.norm(exact[0, 36:42].mean(0) - exact[0, 42:48].mean(0))
    error = np.linalg.norm(face.landmarks - exact, axis=-1).mean()
    assert error < 0.1 * eyes
