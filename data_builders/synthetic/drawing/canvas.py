"""Drawing on a supersampled image whose coordinates are px of the final one."""

import cv2
import numpy as np

from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH

SCALE = 2  # pixels of the canvas per px of the image
_FIXED = 4  # bits after the point of OpenCV's polygon coordinates


class Canvas:
    """An RGB image [HEIGHT·SCALE, WIDTH·SCALE, 3] float32, 0 to 255, and brushes for it.

    Points are px of the final image. A mask is float32 [H, W] from 0 to 1.
    """

    def __init__(self, colour: np.ndarray):
        self.shape = (HEIGHT * SCALE, WIDTH * SCALE)
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]].astype(np.float32)
        self.x, self.y = (columns + 0.5) / SCALE - 0.5, (rows + 0.5) / SCALE - 0.5
        self.image = np.empty((*self.shape, 3), np.float32)
        self.image[:] = colour

    def polygon(self, points, *, blur: float = 0.0) -> np.ndarray:
        """Returns the mask of a filled polygon, its edge blurred over `blur` px."""
        mask = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(mask, [self._fixed(points)], 255, cv2.LINE_AA, _FIXED)
        return self._soft(mask, blur)

    def line(self, points, width: float, *, blur: float = 0.0) -> np.ndarray:
        """Returns the mask of an open line of `width` px."""
        mask = np.zeros(self.shape, np.uint8)
        thickness = max(1, round(width * SCALE))
        cv2.polylines(mask, [self._fixed(points)], False, 255, thickness, cv2.LINE_AA, _FIXED)
        return self._soft(mask, blur)

    def strokes(self, starts: np.ndarray, ends: np.ndarray, strengths: np.ndarray) -> np.ndarray:
        """Returns the mask of hairs one canvas pixel wide, `strengths` from 0 to 1."""
        mask = np.zeros(self.shape, np.uint8)
        pairs = zip(
            self._fixed(starts).tolist(), self._fixed(ends).tolist(), strengths, strict=True
        )
        for start, end, strength in pairs:
            cv2.line(mask, start, end, int(255 * strength), 1, cv2.LINE_AA, _FIXED)
        return mask.astype(np.float32) / 255

    def blob(self, centre, width: float, height: float | None = None) -> np.ndarray:
        """Returns a Gaussian bump of peak 1 with standard deviations `width` and `height` px."""
        across = (self.x - centre[0]) / width
        down = (self.y - centre[1]) / (height or width)
        return np.exp(-(across**2 + down**2) / 2)

    def disc(self, centre, radius: float) -> np.ndarray:
        """Returns the mask of a disc with a smooth edge."""
        distance = np.hypot(self.x - centre[0], self.y - centre[1])
        return np.clip((radius - distance) * SCALE / 1.5 + 0.5, 0, 1)

    def noise(self, rng: np.random.Generator, sigma: float, *, stretch: float = 1.0) -> np.ndarray:
        """Returns smooth noise of standard deviation 1; `stretch` lengthens it downwards.

        sigma: of the smoothing, in pixels of the canvas, where other brushes take px of the image.
        """
        white = rng.standard_normal(self.shape, np.float32)
        smooth = cv2.GaussianBlur(white, (0, 0), sigmaX=sigma, sigmaY=sigma * stretch)
        return smooth / smooth.std()

    def paint(self, colour, mask: np.ndarray) -> None:
        """Lays a colour, or an image of the canvas' size, over the image."""
        self.image += mask[..., None] * (np.asarray(colour, np.float32) - self.image)

    def darken(self, mask: np.ndarray, amount: float) -> None:
        """Takes the share `amount` of the light away where the mask is 1."""
        self.image *= (1 - amount * mask)[..., None].astype(np.float32)

    @staticmethod
    def _fixed(points) -> np.ndarray:
        at = (np.asarray(points, float) + 0.5) * SCALE - 0.5
        return np.round(at * 2**_FIXED).astype(np.int32)

    @staticmethod
    def _soft(mask: np.ndarray, blur: float) -> np.ndarray:
        soft = mask.astype(np.float32) / 255
        return cv2.GaussianBlur(soft, (0, 0), blur * SCALE) if blur else soft


def curve(points, *, closed: bool = False, pieces: int = 12) -> np.ndarray:
    """Returns a Catmull-Rom spline through `points` [n, 2], `pieces` points between two of them."""
    points = np.asarray(points, float)
    if closed:
        knots = np.concatenate([points[-1:], points, points[:2]])
    else:
        first, last = 2 * points[:1] - points[1:2], 2 * points[-1:] - points[-2:-1]
        knots = np.concatenate([first, points, last])
    t = np.linspace(0, 1, pieces, endpoint=False)[:, None]
    a, b, c, d = (knots[i : len(knots) - 3 + i][:, None] for i in range(4))
    cubic = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
    line = ((cubic + (3 * b - 3 * c + d - a) * t**3) / 2).reshape(-1, 2)
    return line if closed else np.concatenate([line, points[-1:]])


def ellipse(centre, width: float, height: float, *, points: int = 80) -> np.ndarray:
    """Returns an ellipse [points, 2] with half axes `width` and `height`."""
    angle = np.linspace(0, 2 * np.pi, points)
    return np.stack([centre[0] + width * np.cos(angle), centre[1] + height * np.sin(angle)], 1)
