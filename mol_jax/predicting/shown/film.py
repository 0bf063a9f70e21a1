"""An mp4 that shows each picture at its own time: H.264, as every player and browser has it."""

import contextlib
import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from mol_jax.errors import UserError

TICKS = 90_000  # a second
QUALITY = "20"  # of x264: 0 is lossless, 51 the worst
USUAL = 30  # frames a second, of a recording of one picture


def write(path: Path, pictures: Iterable[np.ndarray], times: np.ndarray) -> None:
    """Writes pictures uint8 [H, W, 3] RGB at their times, s, ascending; whole or not at all.

    Odd sizes are padded by a row or a column at the end: colours are stored for 2×2 px.

    Raises UserError where the file cannot be written.
    """
    partial = path.with_name(f".{path.stem}.partial.mp4")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _encode(partial, pictures, ticks_of(times), times)
        os.replace(partial, path)
    except (OSError, av.FFmpegError) as error:
        said = getattr(error, "strerror", None) or type(error).__name__
        raise UserError(
            f"{path} could not be written ({said}): free some space or choose another folder, "
            "and run again"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def ticks_of(times: np.ndarray) -> list[int]:
    """Returns the time of each picture in ticks from the first; no two are the same."""
    ticks: list[int] = []
    for time in np.round((times - times[0]) * TICKS).astype(int):
        ticks.append(max(int(time), ticks[-1] + 1) if ticks else 0)
    return ticks


def _encode(
    partial: Path, pictures: Iterable[np.ndarray], ticks: list[int], times: np.ndarray
) -> None:
    steps = np.diff(times)
    rate = Fraction(1 / float(np.median(steps))).limit_denominator(1001) if len(steps) else USUAL
    with av.open(str(partial), "w", options={"movflags": "faststart"}) as container:
        stream = None
        for picture, tick in zip(pictures, ticks, strict=True):
            even = padded(picture)
            if stream is None:
                stream = container.add_stream("libx264", rate=rate)
                stream.options = {"crf": QUALITY, "preset": "veryfast"}
                stream.height, stream.width = even.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = Fraction(1, TICKS)
                _declare(stream.codec_context)
            frame = av.VideoFrame.from_ndarray(even, format="rgb24").reformat(
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
            )
            frame.pts, frame.time_base = tick, Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode())


def _declare(codec: Any) -> None:
    """Says in the file how its colours are made: else players guess it by the size."""
    codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
    codec.color_primaries, codec.color_trc = ColorPrimaries.BT709, ColorTrc.BT709


def padded(picture: np.ndarray) -> np.ndarray:
    """Returns a picture of even sizes: the last row or column of an odd one stands twice."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(picture)
