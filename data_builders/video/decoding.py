"""Pictures of a video file, decoded from its beginning through FFmpeg (PyAV).

Not through OpenCV: it gives noise for interlaced recordings, ends a video at the first damaged
packet, and passes on what its decoder made up for the pictures that are lost, without a word.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from mol_jax.errors import UserError

# Of FFmpeg's readers those of files with time stamps. Others would take playlists for videos,
# images and text, and a stream whose beginning is lost for a whole one.
FORMATS = "avi,mov,matroska,asf,mpeg,mpegts,flv"


class DamageError(Exception):
    """A packet or a picture of a video is damaged."""


class Packet(NamedTuple):
    """Where a picture is stored, bytes from the beginning of the file, and when it is shown."""

    place: int
    time: int | None


@contextlib.contextmanager
def opened(file: Path) -> Iterator[tuple[Any, Any]]:
    """Opens a video; yields PyAV's container and its video stream.

    Raises:
      UserError: if it is no video that can be read.
    """
    import av  # noqa: PLC0415 - 0.1 s that only videos need

    size = file.stat().st_size
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        # file: whatever the name holds, it is no address.
        container = av.open(f"file:{file}", options=options, metadata_errors="replace")
    except (av.FFmpegError, UnicodeError) as error:
        raise unreadable(file, size) from error
    with container:
        stream: Any = container.streams.best("video")
        if stream is None or not stream.codec_context or not stream.codec_context.width:
            raise unreadable(file, size)
        stream.thread_type = "AUTO"
        yield container, stream


def unreadable(file: Path, size: int) -> UserError:
    """The refusal of a file in which there is no video."""
    return UserError(
        f"{file} is damaged or no video that can be read ({size} bytes): copy it again, or extract "
        "its frames as images"
    )


def decode(container: Any, stream: Any, packets: list[Packet] | None = None) -> Iterator[Any]:
    """Yields the pictures of a stream in the order they are shown, as PyAV's frames.

    Those that an edit list hides are left out, as players leave them out.

    Args:
      container, stream: see `opened`.
      packets: takes each packet whose picture is not hidden.

    Raises:
      DamageError: at the first packet or picture that FFmpeg reports as damaged.
    """
    import av  # noqa: PLC0415

    try:
        for packet in container.demux(stream):
            if packet.is_corrupt:
                yield from stream.decode(None)  # the pictures before it
                raise DamageError
            if packet.dts is not None and not packet.size:
                continue  # an empty frame, which to a decoder would mean the end
            if packets is not None and packet.size and not packet.is_discard:
                packets.append(Packet(packet.pos or 0, packet.pts))
            for picture in packet.decode():
                if picture.is_corrupt:
                    raise DamageError
                yield picture
    except av.FFmpegError as error:
        raise DamageError from error


class Colour:
    """Makes the pictures of one video BGR; keeps FFmpeg's converter, which is slow to make."""

    def __init__(self):
        from av.video.reformatter import VideoReformatter  # noqa: PLC0415

        self._converter = VideoReformatter()

    def __call__(self, picture: Any) -> np.ndarray:
        """A picture as BGR uint8 [H, W, 3], upright.

        Raises:
          DamageError: if it cannot be converted.
        """
        import av  # noqa: PLC0415

        try:
            image = self._converter.reformat(picture, format="bgr24", threads=1).to_ndarray()
        except (av.FFmpegError, ValueError, MemoryError) as error:
            raise DamageError from error
        return np.ascontiguousarray(np.rot90(image, round(picture.rotation / 90)))


class Grey(Colour):
    """Makes the pictures of one video grey."""

    def __call__(self, picture: Any) -> np.ndarray:
        """A picture as grey uint8 [H, W], upright. Raises DamageError as `Colour`."""
        return cv2.cvtColor(super().__call__(picture), cv2.COLOR_BGR2GRAY)
