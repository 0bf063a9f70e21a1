"""Places of a face by its landmarks: those that expressions move, the lids, and the rest.

Lengths are shares of the distance between the outer eye corners; landmarks are numbered as dlib's
68 are.
"""

import dataclasses

import cv2
import numpy as np

BROWS, EYES, MOUTH = "brows", "eyes", "mouth"  # groups: what moves together


@dataclasses.dataclass(frozen=True)
class Region:
    """A disc about the mean of some landmarks. down: how far below it, a share. group: BROWS…"""

    name: str
    landmarks: tuple[int, ...]
    group: str = ""
    down: float = 0.0


# Where action units are seen: brows (1, 2, 4), below the eyes (6, 7), nose wings (9, 10), mouth
# corners (12, 14, 15, 20), lips and chin (17, 25, 26). As the regions of MDMO (Liu et al., 2016).
REGIONS = (
    Region("left inner brow", (20, 21), BROWS),
    Region("right inner brow", (22, 23), BROWS),
    Region("left outer brow", (17, 18, 19), BROWS),
    Region("right outer brow", (24, 25, 26), BROWS),
    Region("below the left eye", (40, 41), EYES, 0.07),
    Region("below the right eye", (46, 47), EYES, 0.07),
    Region("left nose wing", (31,), MOUTH),
    Region("right nose wing", (35,), MOUTH),
    Region("left mouth corner", (48,), MOUTH),
    Region("right mouth corner", (54,), MOUTH),
    Region("upper lip", (51,), MOUTH),
    Region("lower lip", (57,), MOUTH),
    Region("chin", (57, 8), MOUTH),
)
LIDS = (Region("left lid", (37, 38), EYES), Region("right lid", (43, 44), EYES))
# Skin that hardly moves but with the head: the nose's bridge and sides, temples, outer cheeks.
RIGID = (
    Region("nose bridge, top", (27,)),
    Region("nose bridge, upper", (28,)),
    Region("nose bridge, lower", (29,)),
    Region("left of the bridge", (28, 39)),
    Region("right of the bridge", (28, 42)),
    Region("left temple", (0, 17, 36)),
    Region("right temple", (16, 26, 45)),
    Region("left cheekbone", (1, 36)),
    Region("right cheekbone", (15, 45)),
    Region("left cheek", (2, 2, 31)),
    Region("right cheek", (14, 14, 35)),
    Region("forehead, left", (19,), "", -0.28),
    Region("forehead, right", (24,), "", -0.28),
)
RADIUS = 0.09  # of a disc


def eye_span(landmarks: np.ndarray) -> np.ndarray:
    """Returns the distance between the outer eye corners, [...] px, of landmarks [..., 68, 2]."""
    return np.linalg.norm(landmarks[..., 45, :] - landmarks[..., 36, :], axis=-1)


def centres(landmarks: np.ndarray, regions: tuple[Region, ...]) -> np.ndarray:
    """Returns where regions lie, [R, 2] px, on a face with landmarks [68, 2]."""
    below = np.array([region.down for region in regions])[:, None] * (0.0, eye_span(landmarks))
    return np.stack([landmarks[list(r.landmarks)].mean(axis=0) for r in regions]) + below


def means(image: np.ndarray, at: np.ndarray, radius: float) -> np.ndarray:
    """Returns the means [R, C] of an image [H, W, C] in discs about the places `at` [R, 2].

    A place outside the image counts as the nearest inside.
    """
    disc = max(1, round(radius))
    height, width = image.shape[:2]
    blurred = cv2.blur(image, (2 * disc + 1, 2 * disc + 1), borderType=cv2.BORDER_REPLICATE)
    x, y = np.rint(at).astype(int).T
    found = blurred[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return found.reshape(len(at), -1).astype(np.float64)
