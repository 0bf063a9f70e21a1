"""Matroska and WebM: a number that names an element, and one that is its length."""

import collections

from data_builders.video.containers.layout import Bytes, Layout

SEGMENT, CLUSTER, GROUP = 0x18538067, 0x1F43B675, 0xA0  # have elements in them
BLOCKS = (0xA3, 0xA1)  # frames; the second is in a group
ELEMENTS = {  # these, and what else may be where they are
    *(SEGMENT, CLUSTER, GROUP, *BLOCKS, 0x1A45DFA3, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B),
    *(0x1941A469, 0x1043A770, 0x1254C367, 0xE7, 0xAB, 0xA7, 0x5854, 0xEC, 0xBF, 0xAF, 0xA2, 0x75A1),
    *(0x9B, 0xFA, 0xFB, 0xFD, 0xA4, 0x75A2, 0x8E, 0xC8),
}


def read(data: Bytes) -> Layout:
    """The elements of a file, down to the blocks of its clusters."""
    at, ends, found = 0, [data.size], Layout()
    blocks: collections.Counter[int] = collections.Counter()
    while at < data.size:
        while at >= ends[-1]:
            ends.pop()
        name, start = _vint(data, at, keep=True)
        length, begin = _vint(data, start)
        known = length < (1 << 7 * (begin - start)) - 1  # else it ends where its parts do
        end = begin + length if known else ends[-1]
        found.cut |= end > data.size
        if name not in ELEMENTS or (end > ends[-1] and not found.cut):
            found.broken = at
            break
        if name in BLOCKS:
            blocks[_vint(data, begin)[0]] += 1
        if name in (SEGMENT, CLUSTER, GROUP):
            ends.append(min(end, data.size))
            end = begin
        at = end
    found.counts = set(blocks.values())
    return found


def _vint(data: Bytes, at: int, keep: bool = False) -> tuple[int, int]:
    """A number whose leading zero bits tell its length, 1 to 8 bytes, and the byte after it."""
    first = data.number(at, 1)
    count = 9 - first.bit_length()
    value = data.number(at, count)
    return value if keep else value & ~(1 << 7 * count), at + count
