"""Small recordings with bright squares for faces, and a detector that finds them."""

from collections.abc import Sequence
from fractions import Fraction

import av
import cv2
import numpy as np

HEIGHT, WIDTH = 96, 128
HALF = 14  # px: of a square
SHAPE = np.stack(np.meshgrid(np.linspace(-12, 12, 4), np.linspace(-12, 12, 17)), -1).reshape(68, 2)
SHAPE[36:42], SHAPE[42:48] = (-8, -8), (8, -8)


def picture(*centres: tuple[float, float], size=(HEIGHT, WIDTH), half=HALF) -> np.ndarray:
    """A grey picture, uint8 [H, W], with a square about each (x, y)."""
    image = np.full(size, 60, np.uint8)
    for x, y in centres:
        low, high = (round(x - half), round(y - half)), (round(x + half), round(y + half))
        cv2.rectangle(image, low, high, 200, -1)
    return image


class Squares:
    """Finds the squares: their landmarks are the same shape about their centres."""

    def __call__(self, image):
        return max(self.every(image), key=np.ptp, default=None)

    def every(self, image):
        mask = (image > 140).astype(np.uint8)
        count, _, stats, centres = cv2.connectedComponentsWithStats(mask)
        found = [k for k in range(1, count) if stats[k][cv2.CC_STAT_AREA] > 100]
        scales = {k: stats[k][cv2.CC_STAT_WIDTH] / (2 * HALF + 1) for k in found}
        return [(scales[k] * SHAPE + centres[k]).astype(np.float32) for k in found]


def write(
    file,
    pictures: Sequence[np.ndarray],
    *,
    times: Sequence[int] | None = None,
    rate: int = 30,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
):
    """Writes a video. times: when each is shown, in 1/rate s."""
    with av.open(file, "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.gop_size = pix_fmt, 12
        stream.options = {"crf": "1"} if codec == "libx264" else {}
        stream.codec_context.time_base = Fraction(1, rate)
        for at, image in enumerate(pictures):
            kind = {2: "gray", 3: "rgb24", 4: "rgba"}[2 if image.ndim == 2 else image.shape[2]]
            frame = av.VideoFrame.from_ndarray(image, format=kind)
            frame.pts, frame.time_base = (times[at] if times else at), Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def wandering(count: int) -> list[np.ndarray]:
    """Pictures of a square that wanders to the right by a px a frame."""
    return [picture((40 + at, 48)) for at in range(count)]
