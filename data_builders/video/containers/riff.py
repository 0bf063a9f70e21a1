"""AVI: a tag and a length of 4 bytes each, so many bytes, and one more where they are odd."""

import re

from data_builders.video.containers.layout import Bytes, Layout

UNKNOWN = 0xFFFFFFFF  # the length of a list that its writer did not come back to
LISTS = (b"AVI ", b"AVIX", b"hdrl", b"strl", b"movi", b"rec ")  # with parts of their own
IN_MOVI = re.compile(rb"\d\d\w\w|ix\d\d|LIST|RIFF|JUNK|idx1")


def read(data: Bytes) -> Layout:
    """The parts of an AVI file, and how long each frame of its first video is."""
    at, movi_end, found = 0, 0, Layout()
    kinds: list[bytes] = []
    frames: list[int] = []
    while at + 8 <= data.size:
        tag, length = data(at, 4), data.number(at + 4, 4, little=True)
        kind, end = data(at + 8, 4), at + 8 + length
        if at < movi_end and not IN_MOVI.fullmatch(tag):
            found.broken = at
            break
        if tag in (b"RIFF", b"LIST") and kind in LISTS:
            if kind == b"movi":
                movi_end = end if 4 < length < UNKNOWN else data.size
                found.cut |= movi_end > data.size
            at += 12
            continue
        found.cut |= end > data.size and (at < movi_end or tag == b"idx1")
        if tag == b"strh":
            kinds.append(kind)
        elif at < movi_end and tag in _names(kinds):
            frames.append(length)
        at = _next(data, end, movi_end)
    if b"vids" not in kinds:  # as in files of a camcorder that keep sound and pictures together
        return found
    if not frames and found.broken is None:
        found.broken = 0  # the list of frames cannot be found
    found.frames, found.counts = frames, {sum(length > 0 for length in frames)}
    return found


def _names(kinds: list[bytes]) -> tuple[bytes, ...]:
    """The tags of the frames of the first stream that is a video."""
    if b"vids" not in kinds:
        return ()
    return tuple(b"%02d%s" % (kinds.index(b"vids"), ending) for ending in (b"dc", b"db"))


def _next(data: Bytes, end: int, movi_end: int) -> int:
    """Where the next part begins; some writers leave out the byte that makes a length even."""
    unpadded = end % 2 and end < movi_end and IN_MOVI.fullmatch(data(end, 4))
    return end if unpadded else end + end % 2
