"""Contact sheets of a built dataset: aligned faces with landmarks, flow in colours, strain."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from data_builders.pixels.interpolation import interpolate, interpolate_points
from data_builders.pixels.strain import optical_strain
from data_builders.records import lettering
from data_builders.records.load import ClipSource

MARKER = "LICENSED_FACES.txt"
WARNING = (
    "The pictures in this folder show people. Do not publish them or pass them on unless the\n"
    "licence of the dataset and the people shown allow it.\n"
)
PER_SHEET = 4  # clips
SMALLEST, NARROWEST = 144, 560  # px: side of a drawn face, and width of a sheet
DOT = (0, 0, 255)  # BGR
# Of a clip that moves or stretches less, the colours are not brought to their full strength.
SLOWEST = 0.25  # px
SLIGHTEST = 0.02  # px per px


def write_gallery(
    records: ClipSource | Sequence[Mapping[str, Any]],
    folder: Path,
    *,
    generated: bool,
    sampling: str = "even",
    clips: int = 12,
) -> list[Path]:
    """Writes sheets of `clips` clips, evenly spaced over the records, over those that are there.

    Unless the clips are generated, `MARKER` is written beside them, and before them.

    Returns:
      The sheets' files, PNG.

    Raises:
      OSError: if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("sheet*.png"):
        earlier.unlink()
    if not generated:
        (folder / MARKER).write_text(WARNING, encoding="utf-8")
    indices = np.unique(np.linspace(0, len(records) - 1, min(clips, len(records))).astype(int))
    sheets = []
    for start in range(0, len(indices), PER_SHEET):
        strips = [draw_clip(records[int(i)], sampling) for i in indices[start : start + PER_SHEET]]
        sheets.append(folder / f"sheet{start // PER_SHEET + 1:02d}.png")
        _, data = cv2.imencode(".png", np.concatenate(strips))
        sheets[-1].write_bytes(data.tobytes())
    return sheets


def draw_clip(record: Mapping[str, Any], sampling: str = "even") -> np.ndarray:
    """One clip: a caption, its sampled frames with landmarks, and under each the flow to the next
    and the strain of it. sampling: one of `interpolation.METHODS`, as the record was made.

    Small pictures are enlarged by a whole number k, so that faces and caption can be read.

    Returns:
      uint8 [h + 3 k S, k t S, 3], BGR; h is the height of the caption's lines.
    """
    sampled, frames = record["sampled"], record["frames"][..., 0]
    images, points = frames[sampled], record["landmarks"][sampled]
    if sampling == "tim":
        at, t = record["frame_numbers"], len(sampled)
        images, points = interpolate(frames, at, t), interpolate_points(record["landmarks"], at, t)
    times = enlargement(len(images), images.shape[1])
    faces = [
        draw_landmarks(enlarged(image, times), times * (marks + 0.5) - 0.5)
        for image, marks in zip(images, points, strict=True)
    ]
    flow = record["flow"].astype(np.float32)
    strain = optical_strain(flow)
    longest = max(float(np.quantile(np.linalg.norm(flow, axis=-1), 0.99)), SLOWEST)
    largest = max(float(np.quantile(strain, 0.99)), SLIGHTEST)
    legend = flow_wheel(faces[0].shape[0])
    colours = [enlarged(flow_colours(pair, longest), times) for pair in flow]
    greys = [enlarged(_grey(pair / largest), times) for pair in strain]
    numbers = ", ".join(str(record["frame_numbers"][i]) for i in sampled)
    near = "near " if sampling == "tim" else ""
    text = (
        f"{record['subject']}/{record['clip']}: {record['emotion']}, {near}frames {numbers}; "
        f"flow, rim: {longest:.2f} px; strain, white: {largest:.2f}"
    )
    rows = [faces, [*colours, legend], [*greys, np.zeros_like(legend)]]
    pictures = np.concatenate([np.hstack(row) for row in rows])
    if not lettering.is_whole(text):
        text += "; [U+...]: no font that is installed here has this sign"
    caption = lettering.lines(text, pictures.shape[1])
    return np.concatenate([caption[..., ::-1], pictures])


def enlargement(t: int, size: int) -> int:
    """How many times t pictures of `size` px side by side are enlarged."""
    return max(-(-SMALLEST // size), -(-NARROWEST // (t * size)))


def enlarged(image: np.ndarray, times: int) -> np.ndarray:
    """uint8 [S, S] or [S, S, 3], `times` as large."""
    if times == 1:
        return image
    return cv2.resize(image, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)


def draw_landmarks(face: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Grey uint8 [S, S] with a dot at each landmark, BGR."""
    image = cv2.cvtColor(face, cv2.COLOR_GRAY2BGR)
    height, width = face.shape
    for x, y in np.round(landmarks).astype(int):
        if 0 <= x < width and 0 <= y < height:
            image[y : y + 2, x : x + 2] = DOT
    return image


def _grey(values: np.ndarray) -> np.ndarray:
    """Values [S, S], black at 0 and white from 1 on, as BGR."""
    grey = np.round(255 * np.minimum(values, 1)).astype(np.uint8)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def flow_colours(flow: np.ndarray, longest: float) -> np.ndarray:
    """Flow [S, S, 2] px as BGR: the hue is the direction, the strength the length.

    White is no motion; `longest` px and more are in full colour.
    """
    length = np.linalg.norm(flow, axis=-1)
    angle = np.degrees(np.arctan2(flow[..., 1], flow[..., 0])) % 360
    strength = np.minimum(length / longest, 1)
    hsv = np.stack([angle, strength, np.ones_like(strength)], axis=-1).astype(np.float32)
    return np.round(255 * cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)).astype(np.uint8)


def flow_wheel(size: int) -> np.ndarray:
    """The colour of every direction and length, the longest at the rim: BGR [size, size, 3]."""
    centre = (size - 1) / 2
    y, x = (np.mgrid[:size, :size] - centre) / (0.4 * size)
    wheel = flow_colours(np.stack([x, y], axis=-1), 1.0)
    wheel[np.hypot(x, y) > 1] = 0
    return wheel
