"""Alignment by a similarity transform from landmarks to an S×S image.

Integer coordinates are pixel centres, in the source and in the aligned image, for pixels and
landmarks alike: the aligned image spans [-0.5, S-0.5] and its centre is ((S-1)/2, (S-1)/2). This is
also the convention of dlib's points and of OpenCV's warpAffine, so one matrix serves both.
"""

import cv2
import numpy as np

ENLARGE = 2.5  # box of the five anchor points to the side of the aligned image, MOL section 4.1
NOSE_TIP, MOUTH_LEFT, MOUTH_RIGHT = 30, 48, 54
ALIGNMENTS = ("clip", "per_frame", "smoothed")
SMOOTHING = 4.0  # frames, standard deviation of the Gaussian over time of `smoothed`


def anchors(landmarks: np.ndarray) -> np.ndarray:
    """The five anchor points [5, 2] of landmarks [68, 2]: eye centres, nose tip, mouth corners."""
    eyes = [landmarks[36:42].mean(axis=0), landmarks[42:48].mean(axis=0)]
    return np.stack([*eyes, *landmarks[[NOSE_TIP, MOUTH_LEFT, MOUTH_RIGHT]]])


def similarity(landmarks: np.ndarray, size: int) -> np.ndarray:
    """Similarity transform that levels the eye line and centres the enlarged anchor box.

    The rotation takes the line between the eye centres to the horizontal. The scale makes the
    longer side of the (rotated) box around the five anchors, enlarged `ENLARGE` times, S-1 px long,
    the distance between the centres of the first and the last pixel; the box is centred.

    Args:
      landmarks: [68, 2] (x, y) px of the source image.
      size: S, side of the aligned image in px.

    Returns:
      float64 [2, 3]: aligned = M[:, :2] @ source + M[:, 2].
    """
    points = anchors(landmarks.astype(np.float64))
    right, down = points[1] - points[0]
    cosine, sine = np.array([right, down]) / np.hypot(right, down)
    rotation = np.array([[cosine, sine], [-sine, cosine]])
    rotated = points @ rotation.T
    low, high = rotated.min(axis=0), rotated.max(axis=0)
    scale = (size - 1) / (ENLARGE * (high - low).max())
    shift = (size - 1) / 2 - scale * (low + high) / 2
    return np.column_stack([scale * rotation, shift])


def transforms(landmarks: np.ndarray, alignment: str, size: int) -> np.ndarray:
    """One transform per frame, [n, 2, 3], from the clip's landmarks [n, 68, 2].

    `per_frame` is the paper's: each frame from its own landmarks. `clip` uses the median landmarks
    of the clip for all of its frames. `smoothed` follows the head without the jitter: the
    transforms of `per_frame`, averaged over time.
    paper: `clip` is the default here, because the detector's jitter moves frames that are aligned
    one by one, and that motion enters the optical flow.
    """
    if alignment in ("per_frame", "smoothed"):
        single = np.stack([similarity(points, size) for points in landmarks])
        return single if alignment == "per_frame" else smooth(single)
    if alignment == "clip":
        median = np.median(landmarks, axis=0)
        return np.repeat(similarity(median, size)[None], len(landmarks), axis=0)
    raise AssertionError(f"unknown alignment {alignment}: RecordSettings refuses it")


def smooth(matrices: np.ndarray) -> np.ndarray:
    """Transforms [n, 2, 3] averaged over time by a Gaussian of `SMOOTHING` frames.

    The mean of similarity transforms is one: it takes a point to the mean of where they take it.
    At the ends of a clip only the frames that there are count.
    """
    time = np.arange(len(matrices))
    weights = np.exp(-0.5 * ((time[:, None] - time) / SMOOTHING) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("kn,nij->kij", weights, matrices)


def map_points(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Maps points [..., 2] by a transform [2, 3]."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def warp(image: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """Aligned image uint8 [S, S] of a grey image uint8 [H, W].

    Pixels from outside the source repeat its border: a constant would be an edge that optical flow
    sees move.
    """
    scale = np.hypot(*matrix[:, 0])
    if scale < 1:
        # Bilinear sampling alone aliases when it shrinks. The Gaussian brings a pixel-wide kernel
        # (sigma about 0.5 px) to the width of one in the target, 0.5/scale px of the source. It
        # fades out as the scale nears 1, so that frames aligned one by one with slightly different
        # scales are not blurred on one side of a threshold and sharp on the other.
        sigma = 0.5 * np.sqrt(scale**-2 - 1)
        image = cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return cv2.warpAffine(
        image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
