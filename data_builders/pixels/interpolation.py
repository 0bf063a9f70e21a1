"""Temporal interpolation to t frames (TIM), for clips whose lengths differ widely."""

import numpy as np

METHODS = ("even", "tim")  # of sampling: frames as they are, or interpolated between them


def tim_weights(numbers: np.ndarray, frames: int) -> np.ndarray:
    """Weights [t, n] that make t frames, evenly spaced in time, of n with numbers [n], ascending.

    Zhou, Zhao and Pietikäinen, "Towards a practical lipreading system" (CVPR 2011), as Pfister et
    al. (ICCV 2011) brought it to micro-expressions: the frames are the nodes of a path graph, each
    of whose Laplacian's eigenvectors lies on a cosine that can be read off between the nodes, and
    a linear map takes that curve back to images. For linearly independent frames the map is exact,
    and then the images drop out of the whole: what is left are these weights, interpolation by a
    discrete cosine series. At a node the frame itself is given back; each row sums to one. Where
    frames are absent, the nodes on either side of the gap are as far apart in time as they are.
    """
    n = len(numbers)
    times = np.linspace(numbers[0], numbers[-1], frames)
    order, nodes = np.arange(1, n)[:, None], np.arange(n)

    def cosines(position: np.ndarray) -> np.ndarray:
        return np.cos(np.pi * order * (position + 0.5) / n)

    return 1 / n + 2 / n * cosines(np.interp(times, numbers, nodes)).T @ cosines(nodes)


def interpolate(images: np.ndarray, numbers: np.ndarray, frames: int) -> np.ndarray:
    """t images uint8 [t, H, W] from n, [n, H, W], by `tim_weights`, rounded to grey levels."""
    weights = tim_weights(numbers, frames)
    made = np.einsum("tn,nhw->thw", weights, images.astype(np.float64), optimize=True)
    return np.clip(np.round(made), 0, 255).astype(np.uint8)


def interpolate_points(points: np.ndarray, numbers: np.ndarray, frames: int) -> np.ndarray:
    """t sets of landmarks float32 [t, 68, 2] from n, [n, 68, 2], by `tim_weights`."""
    weights = tim_weights(numbers, frames)
    return np.einsum("tn,nij->tij", weights, points.astype(np.float64)).astype(np.float32)
