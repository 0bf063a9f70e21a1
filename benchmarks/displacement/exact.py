"""The exact motion of generated clips from onset to apex, in the aligned image of the build."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
from ml_collections import ConfigDict

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.casme2.annotation import annotate
from data_builders.pixels.alignment import map_points, transforms
from data_builders.pixels.faces import DlibDetector, fill_missing, packaged_predictor
from data_builders.pixels.frames import index_frames, read_clip
from data_builders.synthetic import truth
from mol_jax import settings
from mol_jax.data import generated
from mol_jax.data.clips import Dataset
from mol_jax.errors import UserError

MOVING = 0.5  # px of the drawn image: what moves more is the moving part, as in synthetic_truth.py


@dataclasses.dataclass(frozen=True)
class Exact:
    """What is known of N clips, in the order of their dataset.

    flow: [N,S,S,2] px, from the aligned onset to the aligned apex, the head's drift in it. face,
    moving: bool [N,S,S], pixels inside the hull of the landmarks, and those of it that move.
    """

    flow: np.ndarray
    face: np.ndarray
    moving: np.ndarray


def of_dataset(config: ConfigDict, dataset: Dataset) -> Exact:
    """Returns the exact motion of a dataset that a config had drawn and built.

    Faces are looked for again, since a record does not have the transforms that it was aligned by.
    Raises UserError where the landmarks are not those of the build, so the transforms neither.
    """
    raw = generated.place(config) / "raw"
    detector = DlibDetector(packaged_predictor())
    clips = {(clip.subject, clip.clip): clip for clip in annotate(raw, config.data.name).clips}
    built = dataset.table.inputs["onset_landmarks"]
    rows = []
    for name, landmarks in zip(dataset.names, built, strict=True):
        found, *row = _of_clip(raw, clips[name.subject, name.clip], detector, config)
        if not np.allclose(found, landmarks, atol=0.01):
            most = np.abs(found - landmarks).max()
            raise UserError(
                f"landmarks of {name.subject}/{name.clip} are up to {most:.2f} px from those of "
                f"the build in {raw.parent}; remove that folder to build it again."
            )
        rows.append(row)
    return Exact(*(np.stack(column) for column in zip(*rows, strict=True)))


def _of_clip(
    raw: Path, clip: ClipAnnotation, detector: DlibDetector, config: ConfigDict
) -> tuple[np.ndarray, ...]:
    """Returns the onset's aligned landmarks [68,2], and of `Exact` the clip's part."""
    size = settings.aligned_size(config)
    files = index_frames(clip.folder)
    images = read_clip([files[number] for number in sorted(files)])
    landmarks = fill_missing([detector(image) for image in images], np.arange(len(images)))
    matrices = transforms(landmarks, config.data.alignment, size)
    known = truth.load(raw / "ground_truth" / clip.subject / f"{clip.clip}.npz")
    apex = clip.apex - clip.onset
    flow = truth.aligned_flow(known, clip.onset, clip.apex, matrices[0], matrices[apex], size)
    face = _hull(map_points(matrices[0], known.landmarks[0]), size)
    fast = np.linalg.norm(flow, axis=-1) > MOVING * np.hypot(*matrices[0][:, 0])
    aligned = map_points(matrices[0], landmarks[0])
    return aligned, flow.astype(np.float32), face, face & fast


def _hull(landmarks: np.ndarray, size: int) -> np.ndarray:
    """Returns the pixels inside the hull of the landmarks [68,2], bool [size,size]."""
    outline = cv2.convexHull(landmarks.astype(np.float32))[:, 0]
    return cv2.fillConvexPoly(np.zeros((size, size), np.uint8), outline.astype(int), 1) > 0
