"""Temporal interpolation to t frames (TIM), for clips whose lengths differ widely."""

import numpy as np

METHODS = ("even", "tim")  # of sampling: frames as they are, or interpolated between them


def tim_weights(length: int, frames: int) -> np.ndarray:
    """Weights [t, n] that make t frames, evenly spaced in time, of n.

    Zhou, Zhao and Pietikäinen, "Towards a practical lipreading system" (CVPR 2011), as Pfister et
    al. (ICCV 2011) brought it to micro-expressions: the frames are the nodes of a path graph, each
    of whose Laplacian's eigenvectors lies on a cosine that can be read off between the nodes, and
    a linear map takes that curve back to images. For linearly independent frames the map is exact,
    and then the images drop out of the whole: what is left are these weights, interpolation by a
    discrete cosine series. At a node the frame itself is given back; each row sums to one.
    """
    order = np.arange(1, length)[:, None]
    nodes, wanted = np.arange(length), np.linspace(0, length - 1, frames)

    def cosines(position: np.ndarray) -> np.ndarray:
        return np.cos(np.pi * order * (position + 0.5) / length)

    return 1 / length + 2 / length * cosines(wanted).T @ cosines(nodes)


def interpolate(images: np.ndarray, frames: int) -> np.ndarray:
    """t images uint8 [t, H, W] from n, [n, H, W], by `tim_weights`, rounded to grey levels."""
    weights = tim_weights(len(images), frames)
    made = np.einsum("tn,nhw->thw", weights, images.astype(np.float64), optimize=True)
    return np.clip(np.round(made), 0, 255).astype(np.uint8)


def interpolate_points(points: np.ndarray, frames: int) -> np.ndarray:
    """t sets of landmarks float32 [t, 68, 2] from n, [n, 68, 2], by `tim_weights`."""
    weights = tim_weights(len(points), frames)
    return np.einsum("tn,nij->tij", weights, points.astype(np.float64)).astype(np.float32)
