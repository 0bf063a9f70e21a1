"""MPEG program streams: start codes of 4 bytes, most with a length of 2 after them."""

from data_builders.video.containers.layout import Bytes, Layout

PREFIX = b"\x00\x00\x01"
END, PACK, FIRST = 0xB9, 0xBA, 0xBB  # codes; all from the first on have a length


def read(data: Bytes) -> Layout:
    """Whether each part begins where the one before it ends."""
    at = 0
    while at + 4 <= data.size:
        head = data(at, 14)
        if head[:3] != PREFIX or head[3] < END:
            return Layout(broken=at)
        at += _length(head)
    return Layout(cut=at != data.size)


def _length(head: bytes) -> int:
    """Bytes of a part by its first 14."""
    if head[3] == END:
        return 4
    if head[3] >= FIRST:
        return 6 + int.from_bytes(head[4:6], "big")
    of_mpeg2 = head[4:5] and head[4] & 0xC0 == 0x40
    return 14 + (head[-1] & 7) if of_mpeg2 else 12
