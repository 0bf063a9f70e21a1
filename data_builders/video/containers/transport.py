"""Transport streams: packets of one size; those of one stream are counted modulo 16."""

import numpy as np

from data_builders.video.containers.layout import Bytes, Layout

SYNC = 0x47  # begins each packet of a transport stream
STRIDES = ((188, 0), (192, 4), (204, 0))  # bytes of a packet, and of them those before its sync
BLOCK = 50_000  # packets read together


def read(data: Bytes, stream: int) -> Layout:
    """Whether each packet begins where it is to, and none of the stream is lost."""
    head = np.frombuffer(data(0, 1000), np.uint8)
    fits = [(size, skip) for size, skip in STRIDES if (head[skip::size] == SYNC).all()]
    if not fits:
        return Layout(broken=0)
    (size, skip), last = fits[0], -1
    for begin in range(0, data.size // size, BLOCK):
        rows = np.frombuffer(data(begin * size, BLOCK * size), np.uint8)
        rows = rows[: len(rows) // size * size].reshape(-1, size)[:, skip:]
        wrong, last = _first_wrong(rows, stream, last)
        if wrong < len(rows):
            return Layout(broken=(begin + wrong) * size)
    return Layout(cut=data.size % size != 0)


def _first_wrong(rows: np.ndarray, stream: int, last: int) -> tuple[int, int]:
    """The first packet that is none or does not continue the stream, and the stream's last count.

    Args:
      rows: uint8 [n, size], packets from the sync byte on.
      stream: its number.
      last: the count of its last packet before these, -1 where there was none.
    """
    no_packet = np.flatnonzero(rows[:, 0] != SYNC)
    named = (rows[:, 1].astype(int) & 0x1F) << 8 | rows[:, 2]
    mine = np.flatnonzero((named == stream) & (rows[:, 3] & 0x10 != 0))
    # Where an adaptation field says that the count starts anew.
    anew = (rows[:, 3] & 0x20 != 0) & (rows[:, 4] > 0) & (rows[:, 5] & 0x80 != 0)
    counts = np.concatenate([[last], rows[mine, 3].astype(int) & 0xF])
    steps = np.diff(counts) % 16
    gaps = mine[(steps > 1) & (counts[:-1] >= 0) & ~anew[mine]]  # 0: sent twice
    return int(min([*no_packet[:1], *gaps[:1], len(rows)])), int(counts[-1])
