"""Videos whose pictures carry their own number, in every container and with known faults."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

WIDTH, HEIGHT, BIT = 128, 96, 16
RATE = 30
CODECS = {  # of FFmpeg, by ending
    **dict.fromkeys((".mp4", ".mov", ".m4v", ".mkv", ".ts", ".mts", ".m2ts", ".flv"), "libx264"),
    **dict.fromkeys((".3gp", ".3g2"), "libx264"),
    **{".avi": "mjpeg", ".webm": "libvpx", ".wmv": "wmv2", ".asf": "wmv2"},
    **{".mpg": "mpeg2video", ".mpeg": "mpeg1video"},
}
MUXERS = {".mts": "mpegts", ".m2ts": "mpegts", ".m4v": "mp4", ".wmv": "asf"}


def picture(number: int) -> np.ndarray:
    """A grey picture, uint8 [H, W], with its number in bits on the top rows."""
    grid = np.random.default_rng(5).normal(110, 25, (HEIGHT // 8, WIDTH // 8))
    image = grid.repeat(8, 0).repeat(8, 1) + 8 * np.sin(number / 5 + np.arange(WIDTH) / 9)
    for bit in range(8):
        image[:BIT, BIT * bit : BIT * (bit + 1)] = 220 if number >> bit & 1 else 30
    return image.clip(0, 255).astype(np.uint8)


def numbers(images: Sequence[np.ndarray]) -> list[int]:
    """The numbers that pictures carry."""
    return [
        sum(int(image[2:12, BIT * k + 4 : BIT * k + 12].mean() > 125) << k for k in range(8))
        for image in images
    ]


def write(
    file: Path,
    count: int = 30,
    *,
    codec: str | None = None,
    times: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    **muxing: str,
) -> Path:
    """Writes pictures 1 to `count`, a keyframe every 12.

    Args:
      file: its ending chooses the container and, unless `codec` is given, the codec.
      count: of pictures.
      codec: FFmpeg's name of the encoder.
      times: when each picture is shown, in 1/30 s; one after the other if not given.
      options: of the encoder.
      muxing: options of the container.
    """
    ending = file.suffix.lower()
    with av.open(file, "w", format=MUXERS.get(ending), options=muxing) as container:
        stream = container.add_stream(codec or CODECS[ending], rate=RATE)
        stream.width, stream.height, stream.gop_size = WIDTH, HEIGHT, 12
        stream.pix_fmt = "yuvj420p" if stream.name == "mjpeg" else "yuv420p"
        stream.bit_rate, stream.options = 2_000_000, options or {}
        stream.codec_context.time_base = Fraction(1, RATE)
        for number in range(1, count + 1):
            frame = av.VideoFrame.from_ndarray(picture(number), format="gray")
            frame.pts = times[number - 1] if times else number - 1
            frame.time_base = Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def copy(source: Path, file: Path, skipped: int = 0, after: int = 0) -> Path:
    """Copies a video without encoding it again.

    Args:
      source, file: from and to.
      skipped: pictures at the beginning that are copied and not shown.
      after: pictures after which the next keyframe is the first to be copied.
    """
    with av.open(source) as old, av.open(file, "w", format=MUXERS.get(file.suffix)) as new:
        stream = old.streams.video[0]
        target = new.add_stream_from_template(stream)
        start = round(skipped / RATE / stream.time_base)
        begun = False
        for packet in old.demux(stream):
            begun |= packet.is_keyframe and packet.pts >= after / RATE / stream.time_base
            if packet.dts is None or not begun:
                continue
            packet.pts, packet.dts, packet.stream = packet.pts - start, packet.dts - start, target
            new.mux(packet)
    return file


def write_avi(file: Path, shown: Sequence[int | None], rate: int = RATE) -> Path:
    """Writes an AVI file of JPEG pictures by their numbers; None is an empty frame."""
    images = [b"" if n is None else cv2.imencode(".jpg", picture(n))[1].tobytes() for n in shown]
    index, movi = b"", b""
    for image in images:
        index += b"00dc" + struct.pack("<III", 16 * bool(image), len(movi) + 4, len(image))
        movi += _part(b"00dc", image)
    size = (WIDTH, HEIGHT)
    main = struct.pack("<14I", 10**6 // rate, 0, 0, 16, len(images), 0, 1, 0, *size, *[0] * 4)
    stream = struct.pack(
        "<IHHIIIIIIIIHHHH", *[0] * 4, 1, rate, 0, len(images), 0, 0, 0, 0, 0, *size
    )
    pixels = struct.pack("<IiiHH4sIiiII", 40, *size, 1, 24, b"MJPG", 0, 0, 0, 0, 0)
    header = _part(b"strh", b"vidsMJPG" + stream) + _part(b"strf", pixels)
    lists = _part(b"LIST", b"hdrl" + _part(b"avih", main) + _part(b"LIST", b"strl" + header))
    lists += _part(b"LIST", b"movi" + movi) + _part(b"idx1", index)
    file.write_bytes(_part(b"RIFF", b"AVI " + lists))
    return file


def _part(tag: bytes, data: bytes) -> bytes:
    return tag + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
