"""Videos in a raw dataset: of every kind, damaged, or with another kind's ending."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import av
import cv2

from benchmarks.bad_inputs import damage, sources
from benchmarks.bad_inputs.case import Case

ENDINGS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".ts", ".flv")
CODECS = {".avi": "mjpeg", ".webm": "libvpx", ".mpg": "mpeg2video"}


def write_video(file: Path, clip: Path) -> Path:
    """A video of a clip's images."""
    muxer = "mpegts" if file.suffix == ".ts" else None
    with av.open(file, "w", format=muxer) as container:
        stream = container.add_stream(CODECS.get(file.suffix, "libx264"), rate=30)
        images = [cv2.imread(str(image)) for image in sorted(clip.glob("*.jpg"))]
        height, width = (side // 2 * 2 for side in images[0].shape[:2])
        stream.width, stream.height, stream.bit_rate = width, height, 4_000_000
        stream.pix_fmt = "yuvj420p" if stream.name == "mjpeg" else "yuv420p"
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image[:height, :width].copy(), format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def with_video(folder: Path, ending: str) -> tuple[Path, Path]:
    """A source whose second clip is a video; returns both."""
    source = sources.write_source(folder)
    video = write_video(source / f"v{ending}", source / "p" / "b")
    shutil.rmtree(source / "p" / "b")
    (source / "labels.csv").write_text(sources.text().replace("p/b", video.name))
    return source, video


def cases() -> Iterator[Case]:
    """All cases."""
    for ending in ENDINGS:

        def make(folder: Path, ending: str = ending) -> list[str]:
            return sources.asked(sources.DOCTOR, with_video(folder, ending)[0], "--sample=1")

        yield Case(
            command=sources.DOCTOR, what=f"a video {ending}", make=make, code=0, right=sources.WHOLE
        )
        for kind in ("cut", "zeroed from the middle", "zeros", "noise", "empty", "one byte",
                     "a picture", "a page of HTML", "a folder"):  # fmt: skip

            def spoilt(folder: Path, ending: str = ending, kind: str = kind) -> list[str]:
                source, video = with_video(folder, ending)
                damage.spoil(video, kind)
                return sources.asked(sources.DOCTOR, source)

            yield Case(command=sources.DOCTOR, what=f"a video {ending} that is {kind}", make=spoilt,
                       says="line 3|v[.]")  # fmt: skip
    for real, name in (("mp4", "avi"), ("avi", "mp4"), ("mkv", "mp4"), ("mp4", "webm")):

        def renamed(folder: Path, real: str = real, name: str = name) -> list[str]:
            source, video = with_video(folder, f".{real}")
            video.rename(video.with_suffix(f".{name}"))
            (source / "labels.csv").write_text(sources.text().replace("p/b", f"v.{name}"))
            return sources.asked(sources.DOCTOR, source)

        yield Case(command=sources.DOCTOR, what=f"{real} named .{name}", make=renamed, code=None,
                   right=sources.WHOLE, says="v[.]")  # fmt: skip
