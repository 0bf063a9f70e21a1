"""MP4 and QuickTime: a length of 4 bytes and a name; 1 announces 8 more bytes of length."""

import re

from data_builders.video.containers.layout import Bytes, Layout

BOXES = re.compile(rb"ftyp|moov|mdat|moof|mfra|free|skip|wide|uuid|sidx|meta|udta|styp|emsg|prft")


def read(data: Bytes) -> Layout:
    """The boxes of a file, up to one that is not known: what follows may be of a phone's own."""
    found, at = Layout(), 0
    while at + 8 <= data.size:
        length, name = data.number(at, 4), data(at + 4, 4)
        if length == 1:
            length = data.number(at + 8, 8)
        if not BOXES.fullmatch(name) or length == 0:  # 0: the last one, to the end of the file
            break
        if length < 8:
            found.broken = at
            break
        found.cut |= at + length > data.size
        at += length
    return found
