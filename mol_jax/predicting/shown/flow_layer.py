"""Predicted flow in colours, laid back onto the face that the crop was taken from."""

import dataclasses
from collections.abc import Iterable

import cv2
import numpy as np

from data_builders.pixels.alignment import map_points
from data_builders.records.gallery import SLOWEST, flow_colours
from mol_jax.predicting.result import Face, Window

MOST = 100  # windows that the scale is found in
STRONGEST = 0.6  # share of the colours in the picture, where the flow is longest


@dataclasses.dataclass(frozen=True)
class Layer:
    """Colours of a part of the picture: uint8 [h, w, 3] RGB, and their share [h, w], 0 to 1.

    left, top: px, where in the picture the part begins.
    """

    left: int
    top: int
    colours: np.ndarray
    share: np.ndarray

    def laid_onto(self, picture: np.ndarray) -> None:
        """Blends the colours into a picture uint8 [H, W, 3], in place."""
        height, width = self.share.shape
        part = picture[self.top : self.top + height, self.left : self.left + width]
        part[:] = cv2.blendLinear(part, self.colours, 1 - self.share, self.share)


def longest(faces: Iterable[Face]) -> float:
    """Returns the length that is shown in full colour, px of the recording: of all windows alike.

    The 99th percentile of the flow, of many windows that of some, evenly spaced; not less than the
    builder's pictures have.
    """
    windows = [
        window
        for face in faces
        for window in (*face.windows, *face.of_intervals)
        if window.flow is not None
    ]
    some = np.unique(np.linspace(0, len(windows) - 1, min(MOST, len(windows))).astype(int))
    lengths = [
        np.linalg.norm(in_recording(windows[k].flow, windows[k].to_crop[:-1]), axis=-1).ravel()
        for k in some
    ]
    return max(SLOWEST, float(np.quantile(np.concatenate(lengths), 0.99)) if lengths else 0.0)


def in_recording(flow: np.ndarray, to_crop: np.ndarray) -> np.ndarray:
    """Turns flow [..., H, W, 2] from px of the crop to px of the recording.

    to_crop: [..., 2, 3], one for each flow.
    """
    back = np.linalg.inv(to_crop[..., :2]).swapaxes(-1, -2).astype(np.float32)
    return flow.astype(np.float32) @ back[..., None, :, :]


def pair_at(window: Window, frame: int) -> int | None:
    """Returns which pair of sampled frames a frame is in: k is from sampled frame k to k + 1."""
    if window.flow is None or not len(window.flow):
        return None
    after = int(np.searchsorted(window.sampled, frame, side="right")) - 1
    return int(np.clip(after, 0, len(window.flow) - 1))


def layer(
    flow: np.ndarray, to_crop: np.ndarray, size: tuple[int, int], most: float
) -> Layer | None:
    """Returns the colours of flow [H, W, 2], px of the crop, where they lie in the picture.

    to_crop: [2, 3], px of the picture to px of the crop. size: width, height of the picture. most:
    the length in full colour, px of the picture. None where the crop lies outside of the picture.
    """
    tall, wide = flow.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]]) - 0.5
    outline = map_points(cv2.invertAffineTransform(to_crop), corners)
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 1, size)
    if (high <= low).any():
        return None
    moved = to_crop.copy()  # from px of the part
    moved[:, 2] = map_points(to_crop, low)
    turned = in_recording(flow, to_crop)
    there = cv2.warpAffine(
        turned,
        moved,
        (int(high[0] - low[0]), int(high[1] - low[1])),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )
    share = STRONGEST * np.minimum(np.linalg.norm(there, axis=-1) / np.float32(most), 1)
    colours = cv2.cvtColor(flow_colours(there, most), cv2.COLOR_BGR2RGB)
    return Layer(int(low[0]), int(low[1]), colours, share.astype(np.float32))
