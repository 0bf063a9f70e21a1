"""What is known exactly of a generated clip, in the aligned image that the network sees."""

import dataclasses
import itertools

import numpy as np
from ml_collections import ConfigDict

from data_builders.casme2.annotation import annotate
from data_builders.pixels.alignment import map_points, transforms
from data_builders.pixels.faces import DlibDetector, fill_missing, packaged_predictor
from data_builders.pixels.frames import index_frames, read_clip
from data_builders.synthetic import truth
from mol_jax import settings
from mol_jax.data import generated
from mol_jax.dense.videos import Video

CLOSE = 0.01  # px between landmarks that are found again and those of the build


@dataclasses.dataclass(frozen=True, eq=False)
class Exact:
    """flow: float32 [t-1, H, W, 2] px. landmarks: float32 [t-1, 68, 2] px, of frames 1 … t−1.

    Both of the centre crop, as the targets of a `Video`.
    """

    flow: np.ndarray
    landmarks: np.ndarray


def of_video(config: ConfigDict, video: Video) -> Exact | None:
    """Returns what is known of a video that a run drew for itself.

    None of any other, of interpolated frames and magnified motions, which are no longer what was
    drawn, and where the drawing is gone or its faces are not found where the build has them. Faces
    are looked for again, since a record does not have the transforms that it was aligned by.
    """
    whole = config.data.sampling != "tim" and not config.data.magnify
    raw = generated.place(config) / "raw"
    file = raw / "ground_truth" / video.name.subject / f"{video.name.clip}.npz"
    if config.data.name != generated.NAME or not whole or not file.is_file():
        return None
    wanted = video.name.subject, video.name.clip
    every = annotate(raw, config.data.name).clips
    clip = next((one for one in every if (one.subject, one.clip) == wanted), None)
    if clip is None:
        return None
    size = settings.aligned_size(config)
    files = index_frames(clip.folder)
    numbers = sorted(number for number in files if clip.onset <= number <= clip.offset)
    detector = DlibDetector(packaged_predictor())
    images = read_clip([files[number] for number in numbers])
    found = fill_missing([detector(image) for image in images], np.arange(len(images)))
    matrices = dict(zip(numbers, transforms(found, config.data.alignment, size), strict=True))
    places = dict(zip(numbers, found, strict=True))
    shown = [round(float(number)) for number in video.numbers]
    aligned = np.stack([map_points(matrices[n], places[n]) for n in shown[1:]]) - video.corner
    if not np.allclose(aligned, video.landmarks, atol=CLOSE):
        return None
    known = truth.load(file)
    inside = slice(video.corner, video.corner + video.flow.shape[1])
    flow = [
        truth.aligned_flow(known, a, b, matrices[a], matrices[b], size)[inside, inside]
        for a, b in itertools.pairwise(shown)
    ]
    points = [map_points(matrices[n], known.landmarks[known.index(n)]) for n in shown[1:]]
    return Exact(
        np.stack(flow).astype(np.float32),
        (np.stack(points) - video.corner).astype(np.float32),
    )
