"""The builder's flow against the exact flow of generated clips, seen through its own alignment."""

import cv2
import numpy as np
import pytest

from data_builders.casme2.annotation import annotate
from data_builders.pixels.alignment import transforms
from data_builders.records.record import RecordSettings, make_record
from data_builders.synthetic import generate, truth
from data_builders.synthetic.drawing import clip as clip_module

SIZE = 144


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two annotated clips of one generated subject, each with what is known about it.

    Drawn without flicker and noise, which TV-L1 takes for motion on an even forehead.
    """
    root = tmp_path_factory.mktemp("truth") / "raw"
    emotions = ("happiness", "surprise")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clip_module, "FLICKER", 0.0)
        patch.setattr(clip_module, "SENSOR_NOISE", 0.0)
        generate(root, subjects=1, clips=2, emotions=emotions, amplitude=(3, 3), workers=1)
    found = annotate(root, "synthetic").clips
    paths = [root / "ground_truth" / clip.subject / f"{clip.clip}.npz" for clip in found]
    return [(clip, truth.load(path)) for clip, path in zip(found, paths, strict=True)]


def exact_detector(known):
    """Stands in for dlib: answers with the exact landmarks of one frame after the other."""
    points = iter(known.landmarks)
    return lambda image: next(points)


def face_mask(landmarks):
    """The pixels inside the hull of the landmarks [68, 2]."""
    hull = cv2.convexHull(landmarks)[:, 0].astype(int)
    return cv2.fillConvexPoly(np.zeros((SIZE, SIZE), np.uint8), hull, 1) > 0


@pytest.mark.parametrize("alignment", ["clip", "per_frame"])
def test_built_flow_is_the_exact_aligned_flow(clips, alignment):
    for clip, known in clips:
        settings = RecordSettings(2, SIZE, alignment)
        record = make_record(clip, settings, exact_detector(known)).example
        matrices = transforms(known.landmarks, alignment, SIZE)
        apex = clip.apex - clip.onset
        exact = truth.aligned_flow(known, clip.onset, clip.apex, matrices[0], matrices[apex], SIZE)
        inside = face_mask(record["landmarks"][0])
        error = np.linalg.norm(record["flow"][0].astype(float) - exact, axis=-1)[inside]
        zero = np.linalg.norm(exact, axis=-1)[inside]
        moving = zero > 0.5 * zero.max()
        assert error.mean() < 0.3 * zero.mean()
        assert error[moving].mean() < 0.35 * zero[moving].mean()
        np.testing.assert_allclose(
            record["landmarks"][apex],
            known.landmarks[apex] @ matrices[apex][:, :2].T + matrices[apex][:, 2],
            atol=1e-3,
        )
