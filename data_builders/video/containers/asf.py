"""WMV: objects with a name of 16 bytes and a length of 8, one of them full of packets of one size.

A packet holds parts of frames, and each part the number of its frame modulo 256.
"""

from collections.abc import Iterator

from data_builders.video.containers.layout import Bytes, Layout

HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
STREAM = bytes.fromhex("9107dcb7b7a9cf118ee600c00c205365")
VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
BEFORE_OBJECTS, BEFORE_PACKETS = 30, 50  # bytes at the beginning of a header, and of the data
SIZES = (0, 1, 2, 4)  # bytes of a field, by the two bits that stand for it


def read(data: Bytes) -> Layout:
    """Whether all packets are there, and in them every frame of the first video."""
    at, size, stream, found = 0, 0, None, Layout()
    while at + 24 <= data.size:
        name, length = data(at, 16), data.number(at + 16, 8, little=True)
        if name == FILE:
            size = data.number(at + 92, 4, little=True)
        elif name == STREAM and stream is None and data(at + 24, 16) == VIDEO:
            stream = data.number(at + 72, 2, little=True) & 0x7F
        elif name == DATA:
            end = at + length if length > BEFORE_PACKETS else data.size  # else not ended
            found.cut |= end > data.size
            _read_packets(found, data, range(at + BEFORE_PACKETS, end, size or end), stream)
        if name not in (HEADER, DATA) and length < 24:
            break
        at = at + BEFORE_OBJECTS if name == HEADER else at + max(length, 24)
    if found.counts is None and found.broken is None:
        found.broken = 0
    return found


def _read_packets(found: Layout, data: Bytes, packets: range, stream: int | None) -> None:
    """Counts the frames of a stream, up to the first packet that is none or has lost some."""
    last, count = -1, 0
    for at in packets:
        packet = data(at, packets.step)
        if len(packet) < packets.step:
            break
        try:
            numbers = list(_frames(packet, stream))
        except IndexError:
            numbers = [-1]
        for number in numbers:
            if number < 0 or (count and number not in (last, (last + 1) % 256)):
                found.broken = at
                return
            count += number != last
            last = number
    found.counts = {count}


def _frames(packet: bytes, stream: int | None) -> Iterator[int]:
    """The number of the frame of each part of a stream in a packet.

    Raises:
      IndexError: if the packet does not hold what it says.
    """
    at = 1 + (packet[0] & 0xF) if packet[0] & 0x80 else 0
    flags, fields = packet[at], packet[at + 1]
    sizes = [SIZES[flags >> 5 & 3], SIZES[flags >> 1 & 3], SIZES[flags >> 3 & 3]]
    padding = int.from_bytes(packet[at + 2 + sum(sizes[:2]) : at + 2 + sum(sizes)], "little")
    at += 2 + sum(sizes) + 6  # and the time of sending and how long it takes
    parts, length_size = 1, 0
    if flags & 1:
        parts, length_size = packet[at] & 0x3F, SIZES[packet[at] >> 6]
        at += 1
    replicated, offset, number = (SIZES[fields >> shift & 3] for shift in (0, 2, 4))
    for _ in range(parts):
        if packet[at] & 0x7F == stream:
            yield packet[at + 1] if number else 0
        at += 1 + number + offset
        at += replicated + int.from_bytes(packet[at : at + replicated], "little")
        if length_size:
            at += length_size + int.from_bytes(packet[at : at + length_size], "little")
    if at > len(packet) - padding:
        raise IndexError
